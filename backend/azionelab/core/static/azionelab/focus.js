// A click on a picture's preview sets its focus: the two numbers beside it, in percent of its width and height.
"use strict";
{
    const fieldsOf = (preview) => {
        const part = preview.closest(".inline-related, fieldset");
        return [part.querySelector("input[name$=focus_x]"), part.querySelector("input[name$=focus_y]")];
    };

    const mark = (preview) => {
        const [x, y] = fieldsOf(preview);
        if (!x || !y) {
            return;
        }
        preview.style.setProperty("--focus-x", `${x.value}%`);
        preview.style.setProperty("--focus-y", `${y.value}%`);
    };

    const percent = (part, whole) => Math.min(100, Math.max(0, Math.round((100 * part) / whole)));

    document.addEventListener("click", (event) => {
        const preview = event.target.closest(".picture-preview");
        if (!preview) {
            return;
        }
        const [x, y] = fieldsOf(preview);
        if (!x || !y) {
            return;
        }
        const shown = preview.getBoundingClientRect();
        x.value = percent(event.clientX - shown.left, shown.width);
        y.value = percent(event.clientY - shown.top, shown.height);
        mark(preview);
    });

    document.addEventListener("input", (event) => {
        if (/focus_[xy]$/.test(event.target.name ?? "")) {
            event.target.closest(".inline-related, fieldset").querySelectorAll(".picture-preview").forEach(mark);
        }
    });

    document.querySelectorAll(".picture-preview").forEach(mark);
}
