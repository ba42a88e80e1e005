// A disposal run: how far it is, asked every three seconds; once its state is another the page is loaded anew.
"use strict";
(() => {
  const progress = document.getElementById("progress");
  if (!progress) return;
  const said = progress.querySelector("[data-said]");
  const bar = progress.querySelector("progress");

  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(progress.dataset.address, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return;
    const told = await answer.json();
    if (told.state !== progress.dataset.state) {
      location.reload();
      return;
    }
    // A reader is told of a change, and of nothing else.
    if (said.textContent !== told.said) said.textContent = told.said;
    bar.value = told.percent;
  };

  setInterval(() => { look().catch(() => undefined); }, 3000);
})();
