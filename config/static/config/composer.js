/* The composer: merge fields are inserted where the cursor is, and what is typed is kept in this
   browser until it is saved, so that neither an expired login nor a closed tab loses it. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("campaign_form");
    const picker = document.getElementById("merge-field");
    if (!form || !picker) return;
    const templates = document.getElementById("template");
    insertChosen(picker, document.getElementById(picker.dataset.into), (field) => `{{${field}}}`);
    if (templates) insertChosen(templates, document.getElementById(templates.dataset.into), (text) => text);
    addDefaults(document.getElementById("phone"), document.getElementById(picker.dataset.into));
    keepDraft(form, document.getElementById("draft-kept"));
    hideWhatDoesNotApply(form);
    noticePickedDates(form);
});

/* The calendar and the clock fill their boxes in silence. */
function noticePickedDates(form) {
    form.querySelectorAll(".vDateField, .vTimeField").forEach((box) => {
        let known = box.value;
        box.addEventListener("change", () => { known = box.value; });
        box.addEventListener("blur", () => {
            if (box.value === known) return;
            box.dispatchEvent(new Event("input", { bubbles: true }));
            box.dispatchEvent(new Event("change", { bubbles: true }));
        });
    });
}

/* Day and time are for a schedule, an event's name and rules for an event; a mistake stays in sight. */
function hideWhatDoesNotApply(form) {
    const timing = form.elements.timing;
    const rows = ["event", "event_rules", "first_day", "clock", "zone", "everyones_own"];
    const show = () => rows.forEach((name) => {
        const row = form.querySelector(`.field-${name}`);
        const applies = name.startsWith("event") ? timing.value === "event" : !["now", "event"].includes(timing.value);
        if (row) row.style.display = applies || row.querySelector(".errors") ? "" : "none";
    });
    timing.addEventListener("change", show);
    show();
}

function insertChosen(picker, area, written) {
    picker.addEventListener("change", () => {
        if (!picker.value) return;
        area.setRangeText(written(picker.value), area.selectionStart, area.selectionEnd, "end");
        area.dispatchEvent(new Event("input", { bubbles: true }));
        picker.value = "";
        area.focus();
    });
}

/* The phone names a field that somebody lacks; its button writes a default into the text. */
function addDefaults(phone, area) {
    phone.addEventListener("click", (event) => {
        const button = event.target.closest("[data-default-for]");
        if (!button) return;
        const field = button.dataset.defaultFor.replace(/[.]/g, "[.]");
        area.value = area.value.replace(
            new RegExp(`\\{\\{(-?)\\s*(${field})\\s*(-?)\\}\\}`, "g"),
            (_, before, name, after) => `{{${before} ${name} | default: "${button.dataset.value}" ${after}}}`,
        );
        area.dispatchEvent(new Event("input", { bubbles: true }));
        area.focus();
    });
}

function keepDraft(form, status) {
    const place = `sendpoint:draft:${status.dataset.user}:${location.pathname}`;
    const version = form.elements.version ? form.elements.version.value : "";
    forgetWhatWasSaved();
    const kept = read(place);
    if (kept && JSON.stringify(kept.fields) !== JSON.stringify(typed(form))) {
        offer(form, status, kept, kept.version === version);
    }
    let waiting = null;
    const keep = () => {
        if (waiting === null) return;
        clearTimeout(waiting);
        waiting = null;
        const draft = { version, at: new Date().toISOString(), fields: typed(form) };
        localStorage.setItem(place, JSON.stringify(draft));
        status.textContent = status.dataset.kept;
    };
    const note = () => {
        clearTimeout(waiting);
        waiting = setTimeout(keep, 500);
    };
    form.addEventListener("input", note);
    document.getElementById("event-rules")?.addEventListener("htmx:afterSettle", note);
    // What was typed in the last half second is kept as well when the page is left.
    form.addEventListener("submit", keep);
    window.addEventListener("pagehide", keep);
    sendOnce(form, place);
}

/* A second click sends nothing, and Back shows what is stored instead of what was sent. */
function sendOnce(form, place) {
    let sent = false;
    form.autocomplete = "off";
    form.addEventListener("submit", (event) => {
        if (sent) event.preventDefault();
        sent = true;
        sessionStorage.setItem("sendpoint:submitted", place);
    });
    window.addEventListener("pageshow", (event) => {
        if (event.persisted && sent) location.reload();
    });
}

/* Whether a form that was sent was also saved, only the server knows: it says so by a cookie. */
function forgetWhatWasSaved() {
    if (!document.cookie.includes("sendpoint-saved=")) return;
    document.cookie = "sendpoint-saved=; path=/; max-age=0";
    localStorage.removeItem(sessionStorage.getItem("sendpoint:submitted"));
}

function read(place) {
    try {
        return JSON.parse(localStorage.getItem(place));
    } catch {
        return null;
    }
}

/* What a person can have typed: neither the token of the form nor a file. */
function typed(form) {
    const fields = {};
    for (const field of form.elements) {
        if (!field.name || field.name === "csrfmiddlewaretoken" || field.name.startsWith("_")) continue;
        if (["file", "submit", "button", "hidden"].includes(field.type)) continue;
        fields[field.name] = field.type === "checkbox" ? field.checked : field.value;
    }
    return fields;
}

function offer(form, status, kept, upToDate) {
    const button = document.createElement("button");
    button.type = "button";
    button.id = "restore-draft";
    button.className = "font-medium text-primary-600 underline cursor-pointer dark:text-primary-500";
    button.textContent = `${status.dataset.restore} ${new Date(kept.at).toLocaleString()}`;
    button.addEventListener("click", async () => {
        await drawRules(form, kept.fields);
        restore(form, kept.fields);
        status.textContent = "";
    });
    status.replaceChildren(button);
    if (!upToDate) status.append(` ${status.dataset.changed}`);
}

function restore(form, fields) {
    for (const [name, value] of Object.entries(fields)) {
        const field = form.elements[name] || addRowFor(form, name);
        if (!field) continue;
        if (field.type === "checkbox") field.checked = value;
        else field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
    }
}

/* The rules on events as they were typed, however many: the server draws their rows. */
async function drawRules(form, fields) {
    const box = document.getElementById("event-rules");
    const rules = Object.entries(fields).filter(([name]) => name.startsWith("event_rules-"));
    if (!box || !rules.length) return;
    const values = Object.fromEntries([...rules, ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value]]);
    await htmx.ajax("POST", box.dataset.address, { source: box, target: box, swap: "innerHTML settle:0ms", values });
}

/* A treatment that was added on the page is not on a new one. */
function addRowFor(form, name) {
    if (!/^treatments-\d+-/.test(name)) return null;
    const add = form.querySelector("#treatments-group .add-row a, #treatments-group a.add-row");
    if (add) add.click();
    return form.elements[name];
}
