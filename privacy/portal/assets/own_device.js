// The page of a QR code: its ticket is read from behind `#` and taken out of the address. A press of the button sends it.
"use strict";
(() => {
  const form = document.querySelector("form[data-ticket]");
  const ticket = location.hash.slice(1);
  if (!form || !/^[A-Za-z0-9_-]{20,1000}$/.test(ticket)) return;
  history.replaceState(null, "", location.pathname);
  form.querySelector("input[name=ticket]").value = ticket;
  document.getElementById("without-script").hidden = true;
  form.hidden = false;
})();
