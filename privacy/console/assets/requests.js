// One request: clocks tick, and while its systems work their progress is asked every few seconds. No text becomes markup.
"use strict";
(() => {
  const live = document.getElementById("live");
  if (!live) return;
  const SIGNS = { yes: "✓", no: "✕", wait: "…", late: "!" };
  const EVERY = 4000;
  // The server's clock counts, not this machine's.
  const ahead = Number(live.dataset.at) - Date.now() / 1000;

  const tick = () => {
    for (const clock of live.querySelectorAll("[data-due]")) {
      const minutes = Math.floor((Number(clock.dataset.due) - Date.now() / 1000 - ahead) / 60);
      const whole = Math.abs(minutes);
      const days = Math.floor(whole / 1440), hours = Math.floor(whole / 60) % 24;
      const told = days ? days + " d " + hours + " h" : hours + " h " + (whole % 60) + " min";
      clock.textContent = "(" + (minutes < 0 ? "-" : "") + told + ")";
    }
  };

  const show = (place, text, kind) => {
    const made = document.createElement("span"), sign = document.createElement("span");
    made.className = "state " + kind;
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = SIGNS[kind] || "";
    made.append(sign, " " + text);
    place.replaceChildren(made);
  };

  const refresh = async () => {
    if (document.hidden) return true;
    const answer = await fetch(live.dataset.address, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return false;
    const told = await answer.json();
    show(live.querySelector("[data-standing]"), told.state, told.sign);
    let others = false;
    for (const task of told.tasks) {
      const row = document.querySelector('[data-task="' + CSS.escape(task.id) + '"]');
      if (!row) { others = true; continue; }
      show(row.querySelector('[data-cell="state"]'), task.state, task.sign);
      for (const name of ["found", "deleted", "changed"]) row.querySelector('[data-cell="' + name + '"]').textContent = task[name];
    }
    live.querySelector("[data-changed]").hidden = !others && String(told.version) === live.dataset.version;
    return told.moving;
  };

  const follow = () => setTimeout(async () => {
    try { if (await refresh()) follow(); } catch { follow(); }
  }, EVERY);

  tick();
  setInterval(tick, 10000);
  if ("moving" in live.dataset) follow();
})();
