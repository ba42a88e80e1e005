// A report that is made in the background: how far it is, asked anew every two seconds. No text becomes markup.
"use strict";
(() => {
  const making = document.getElementById("making");
  if (!making || !making.dataset.address) return;
  const SIGNS = { yes: "✓", no: "✕", wait: "…", late: "!" };
  const bar = making.querySelector("progress");
  const steps = making.querySelector("[data-steps]");
  const shown = making.querySelector("[data-state]");

  const tell = (told) => {
    const state = document.createElement("span");
    state.className = "state " + told.kind;
    const sign = document.createElement("span");
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = SIGNS[told.kind] || "";
    state.append(sign, " " + told.state);
    if (shown.textContent.trim() !== state.textContent.trim()) shown.replaceChildren(state);
    if (told.of) bar.max = told.of;
    bar.value = told.done;
    steps.textContent = told.steps;
  };

  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(making.dataset.address, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return;
    const told = await answer.json();
    tell(told);
    if (!told.ended) return;
    clearInterval(timer);
    for (const part of making.querySelectorAll("[data-going]")) part.hidden = true;
    document.getElementById("made").hidden = false;
  };

  const timer = setInterval(() => { look().catch(() => undefined); }, 2000);
})();
