// The first page of the console: clocks tick, and what is due is asked anew every 20 seconds. No text becomes markup.
"use strict";
(() => {
  const due = document.getElementById("due");
  if (!due) return;
  const SIGNS = { yes: "✓", no: "✕", wait: "…", late: "!" };
  // The server's clock counts, not this machine's.
  let ahead = Number(due.dataset.at) - Date.now() / 1000;

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const tick = () => {
    for (const clock of due.querySelectorAll("[data-due]")) {
      const minutes = Math.floor((Number(clock.dataset.due) - Date.now() / 1000 - ahead) / 60);
      const whole = Math.abs(minutes);
      clock.textContent = (minutes < 0 ? "-" : "") + Math.floor(whole / 60) + " h " + (whole % 60) + " min";
    }
  };

  const line = (told, code) => {
    const item = element("li");
    const state = element("span", "state " + told.kind);
    const sign = element("span", "", SIGNS[told.kind] || "");
    sign.setAttribute("aria-hidden", "true");
    state.append(sign, "\u00a0" + told.state);
    const text = element(told.to ? "a" : "span", "text", told.text);
    // Addresses are the server's own, and none but a path of this site is followed.
    if (told.to && told.to.startsWith("/console/")) text.setAttribute("href", told.to);
    item.append(state, " ", text);
    if (told.due !== null && code === "breaches") {
      const left = element("span", "left");
      left.dataset.due = told.due;
      item.append(" ", left);
    }
    return item;
  };

  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(due.dataset.address, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return;
    const told = await answer.json();
    ahead = told.at - Date.now() / 1000;
    for (const part of told.parts) {
      const section = due.querySelector('[data-part="' + CSS.escape(part.code) + '"]');
      if (!section) continue;
      const list = section.querySelector("ul");
      list.replaceChildren(...part.lines.map((one) => line(one, part.code)));
      list.hidden = part.lines.length === 0;
      section.querySelector("[data-nothing]").hidden = part.lines.length !== 0;
    }
    tick();
  };

  setInterval(tick, 10000);
  setInterval(() => { refresh().catch(() => undefined); }, 20000);
})();
