"""Which state an area code of +1 belongs to, and the zones that libphonenumber's data hides.

A number proves no residence, but several state laws are keyed to the area code (compliance.md
2.2, 3.1). Tested against the names in libphonenumber's own data.
"""

_STATES = {
    "AL": "205 251 256 334 659 938",
    "AK": "907",
    "AZ": "480 520 602 623 928",
    "AR": "327 479 501 870",
    "CA": "209 213 279 310 323 341 350 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 "
    "669 707 714 738 747 760 805 818 820 831 837 840 858 909 916 925 949 951",
    "CO": "303 719 720 748 970 983",
    "CT": "203 475 860 959",
    "DC": "202 771",
    "DE": "302",
    "FL": "239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 "
    "954",
    "GA": "229 404 470 478 678 706 762 770 912 943",
    "HI": "808",
    "IA": "319 515 563 641 712",
    "ID": "208 986",
    "IL": "217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 872",
    "IN": "219 260 317 463 574 765 812 930",
    "KS": "316 620 785 913",
    "KY": "270 364 502 606 859",
    "LA": "225 318 337 504 985",
    "MA": "339 351 413 508 617 774 781 857 978",
    "MD": "227 240 301 410 443 667",
    "ME": "207",
    "MI": "231 248 269 313 517 586 616 734 810 906 947 989",
    "MN": "218 320 507 612 651 763 952",
    "MO": "235 314 417 557 573 636 660 816 975",
    "MS": "228 601 662 769",
    "MT": "406",
    "NC": "252 336 472 704 743 828 910 919 980 984",
    "ND": "701",
    "NE": "308 402 531",
    "NH": "603",
    "NJ": "201 551 609 640 732 848 856 862 908 973",
    "NM": "505 575",
    "NV": "702 725 775",
    "NY": "212 315 329 332 347 363 516 518 585 607 631 646 680 716 718 838 845 914 917 929 934",
    "OH": "216 220 234 283 326 330 380 419 440 513 567 614 740 937",
    "OK": "405 539 572 580 918",
    "OR": "458 503 541 971",
    "PA": "215 223 267 272 412 445 484 570 582 610 717 724 814 835 878",
    "RI": "401",
    "SC": "803 821 839 843 854 864",
    "SD": "605",
    "TN": "423 615 629 731 865 901 931",
    "TX": "210 214 254 281 325 346 361 409 430 432 469 512 682 713 726 737 806 817 830 832 903 915 "
    "936 940 945 956 972 979",
    "UT": "385 435 801",
    "VA": "276 434 540 571 686 703 757 804 826 948",
    "VT": "802",
    "WA": "206 253 360 425 509 564",
    "WI": "262 274 353 414 534 608 715 920",
    "WV": "304 681",
    "WY": "307",
    # Territories: American law holds there, though ISO 3166 gives them codes of their own.
    "AS": "684",
    "GU": "671",
    "MP": "670",
    "PR": "787 939",
    "VI": "340",
}
_PROVINCES = {
    "AB": "368 403 587 780 825",
    "BC": "236 250 257 604 672 778",
    "MB": "204 431 584",
    "NB": "428 506",
    "NL": "709 879",
    "NS": "782 902",
    "NT": "867",
    "NU": "867",
    "ON": "226 249 289 343 365 382 416 437 519 548 613 647 683 705 742 753 807 905 942",
    "PE": "782 902",
    "QC": "263 273 354 367 418 438 450 468 514 579 581 819 873",
    "SK": "306 474 639",
    "YT": "867",
}

# Countries and territories of the Caribbean that share +1.
_ISLANDS = {
    "AG": "268",
    "AI": "264",
    "BB": "246",
    "BM": "441",
    "BS": "242",
    "DM": "767",
    "DO": "809 829 849",
    "GD": "473",
    "JM": "658 876",
    "KN": "869",
    "KY": "345",
    "LC": "758",
    "MS": "664",
    "SX": "721",
    "TC": "649",
    "TT": "868",
    "VC": "784",
    "VG": "284",
}
COUNTRY_OF_CODE = {code: country for country, codes in _ISLANDS.items() for code in codes.split()}


def _by_code() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for country, table in (("US", _STATES), ("CA", _PROVINCES)):
        for state, codes in table.items():
            for code in codes.split():
                found.setdefault(code, set()).add(f"{country}-{state}")
    return {code: frozenset(states) for code, states in found.items()}


# Area code → the states it may be in ("US-FL", "CA-NS"); geographic codes only.
STATES_OF_CODE = _by_code()

# Area codes that lie in more zones than the data shows, the overlays with them (compliance.md 3.3).
_EASTERN_CENTRAL = frozenset({"America/New_York", "America/Chicago"})
_CENTRAL_MOUNTAIN = frozenset({"America/Chicago", "America/Denver"})
_PACIFIC_MOUNTAIN = frozenset({"America/Los_Angeles", "America/Boise", "America/Denver"})
_SPLIT = {
    "850 448 270 364 606 219 812 930 574 423 906 689 334": _EASTERN_CENTRAL,
    "308 620 785 605 701 432 915": _CENTRAL_MOUNTAIN,
    "208 986 541 458 775": _PACIFIC_MOUNTAIN,
    "928": frozenset({"America/Phoenix", "America/Denver"}),
    "907": frozenset({"America/Anchorage", "America/Juneau", "America/Adak", "Pacific/Honolulu"}),
    "250 236 778 672 257": frozenset(
        {"America/Vancouver", "America/Edmonton", "America/Fort_Nelson"}
    ),
    "807": frozenset({"America/Toronto", "America/Winnipeg"}),
    "418 581 367": frozenset({"America/Toronto", "America/Halifax"}),
    "709 879": frozenset({"America/St_Johns", "America/Halifax"}),
    "867": frozenset(
        {
            "America/Vancouver",
            "America/Edmonton",
            "America/Winnipeg",
            "America/Toronto",
            "America/Fort_Nelson",
        }
    ),
    "306 639 474": frozenset({"America/Regina", "America/Edmonton"}),
    "837": frozenset({"America/Los_Angeles"}),  # newer than the data
}
ZONES_OF_SPLIT_CODE = {code: zones for codes, zones in _SPLIT.items() for code in codes.split()}
