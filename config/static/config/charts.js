/* Charts as PNG: the browser paints the SVG that is on the page. By delegation; no script in pages. */
"use strict";

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-png]");
    if (!button) return;
    const chart = document.getElementById(button.dataset.png);
    const copy = chart.cloneNode(true);
    copy.style.color = "#111827"; /* On white, whatever the page is in. */
    const picture = new Image();
    picture.addEventListener("load", () => {
        const canvas = document.createElement("canvas");
        const scale = 2;
        canvas.width = chart.width.baseVal.value * scale;
        canvas.height = chart.height.baseVal.value * scale;
        const paint = canvas.getContext("2d");
        paint.fillStyle = "#ffffff";
        paint.fillRect(0, 0, canvas.width, canvas.height);
        paint.drawImage(picture, 0, 0, canvas.width, canvas.height);
        const link = document.createElement("a");
        link.download = `${button.dataset.png}.png`;
        link.href = canvas.toDataURL("image/png");
        link.click();
    });
    const text = new XMLSerializer().serializeToString(copy);
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
});
