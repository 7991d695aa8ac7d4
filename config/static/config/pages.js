/* What several pages need: a form that is sent once, and values that fill a box.
   By delegation, since HTMX brings in pieces later; the pages have no script of their own. */
"use strict";

document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    /* After the browser has taken the button's own address and value along. */
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
});

/* A second click on Save, while the first is on its way, saves nothing a second time. */
document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[method=post][id$=_form]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 10000);
});

/* Once the login has expired, a piece of a page is answered by the page to log in. That is no piece:
   it would take the cursor away from who is typing. It is said once, and what is there stays. */
document.addEventListener("htmx:beforeSwap", (event) => {
    const from = event.detail.xhr.responseURL;
    if (!from || !new URL(from).pathname.endsWith("/login/")) return;
    event.detail.shouldSwap = false;
    if (document.querySelector("[data-login-expired]")) return;
    document.body.append(document.getElementById("login-expired").content.cloneNode(true));
});

/* Where a piece of a page does not come, and the page has words for that, it says so. */
["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((failed) => {
    document.addEventListener(failed, ({ detail: { target } }) => {
        const words = target?.querySelector("[data-failed]");
        if (words) words.textContent = words.dataset.failed;
    });
});

/* Back from the cache of the browser, the page works again. */
window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("[data-once] button").forEach((button) => { button.disabled = false; });
    document.querySelectorAll("[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const box = document.getElementById(button.dataset.fill);
    box.value = [box.value.trim(), button.dataset.value].filter(Boolean).join(", ");
    box.dispatchEvent(new Event("input", { bubbles: true }));
});

/* The filters stand behind the list: whoever opens them goes on there, and comes back with Escape. */
document.addEventListener("click", (event) => {
    if (!event.target.closest("#open-filters")) return;
    setTimeout(() => document.querySelector("#changelist-filter :is(a[href], button, input, select)")?.focus());
});

document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.closest("#changelist-filter")) return;
    document.getElementById("open-filters")?.focus();
});
