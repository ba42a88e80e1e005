// Warns two minutes before a session ends, and makes it longer if somebody says so (WCAG 2.2.1).
"use strict";
(() => {
  const note = document.getElementById("session");
  const dialog = document.getElementById("session-ending");
  if (!note || !dialog || !dialog.showModal) return;
  const WARNING = 120;
  let timer;
  const later = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(look, seconds * 1000);
  };
  const look = async () => {
    let answer;
    try {
      answer = await fetch(note.dataset.standing, { redirect: "manual", headers: { Accept: "application/json" } });
    } catch {
      later(30);
      return;
    }
    if (!answer.ok) {
      location.assign(note.dataset.enter);
      return;
    }
    const { seconds, longer } = await answer.json();
    if (seconds <= WARNING && longer && !dialog.open) dialog.showModal();
    later(seconds <= WARNING ? Math.max(seconds, 1) + 1 : Math.min(seconds - WARNING, 600));
  };
  // A telephone that slept has counted nothing.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  dialog.querySelector("[data-stay-now]").addEventListener("click", async () => {
    const body = new URLSearchParams({ csrf: note.dataset.csrf });
    await fetch(note.dataset.stay, { method: "POST", body, redirect: "manual" });
    dialog.close();
    look();
  });
  dialog.querySelector("[data-let-end]").addEventListener("click", () => dialog.close());
  look();
})();
