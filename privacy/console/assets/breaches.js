// Pages of a breach: clocks tick, and figures that move are asked anew every 10 seconds. No text becomes markup.
"use strict";
(() => {
  const live = document.getElementById("live");
  if (!live) return;
  let ahead = live.dataset.at ? Number(live.dataset.at) - Date.now() / 1000 : 0;
  const numbers = new Intl.NumberFormat(document.documentElement.lang);

  const tick = () => {
    for (const clock of live.querySelectorAll("[data-due]")) {
      const minutes = Math.floor((Number(clock.dataset.due) - Date.now() / 1000 - ahead) / 60);
      const whole = Math.abs(minutes);
      clock.textContent = (minutes < 0 ? "-" : "") + Math.floor(whole / 60) + " h " + (whole % 60) + " min";
    }
  };

  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(live.dataset.address, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return;
    const told = await answer.json();
    ahead = told.at - Date.now() / 1000;
    for (const place of live.querySelectorAll("[data-figure]")) {
      const number = told.figures[place.dataset.figure];
      if (number !== undefined) place.textContent = numbers.format(number);
    }
    for (const clock of told.clocks) {
      const state = live.querySelector('[data-clock="' + CSS.escape(clock.code) + '"] .state');
      if (!state) continue;
      state.className = "state " + clock.sign;
      state.lastChild.textContent = " " + clock.standing;
    }
    for (const note of live.querySelectorAll("[data-searching]")) note.hidden = !told.searching;
    tick();
  };

  setInterval(tick, 10000);
  setInterval(() => { refresh().catch(() => undefined); }, 10000);
})();
