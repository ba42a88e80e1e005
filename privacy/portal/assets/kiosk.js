// A screen that many people use: a minute without a touch, and an empty form stands there again.
"use strict";
(() => {
  const IDLE = 60000;
  const start = location.pathname.split("/").slice(0, 3).join("/");
  let timer;
  const clear = () => {
    for (const form of document.forms) form.reset();
    location.replace(start);
  };
  const touched = () => { clearTimeout(timer); timer = setTimeout(clear, IDLE); };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(kind, touched, { passive: true });
  // A page out of the browser's own memory would show what somebody typed.
  addEventListener("pageshow", (event) => { if (event.persisted) clear(); });
  touched();
})();
