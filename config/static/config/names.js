/* Names for what Unfold, Django and Select2 make without one, so that it can be heard as well. */
"use strict";

const nameWhatHasNone = () => {
    document.querySelectorAll(".select2-selection[role=combobox]").forEach((box) => {
        const select = box.closest(".select2").previousElementSibling;
        const label = select && select.labels && select.labels[0];
        if (!label) return;
        const words = label.textContent.trim();
        const shown = box.querySelector("[role=textbox]");
        box.removeAttribute("aria-labelledby");
        box.setAttribute("aria-label", shown && shown.title ? `${words}: ${shown.title}` : words);
        if (shown) shown.setAttribute("aria-label", words);
    });
    /* The two lists of a chooser have icons with a name, which only a picture may have. */
    document.querySelectorAll("span.help-tooltip[aria-label]").forEach((icon) => {
        icon.setAttribute("role", "img");
    });
};

/* They are made while the page loads: after all of that. */
window.addEventListener("load", () => { setTimeout(nameWhatHasNone); });
