// The page of a link: its ticket is read from behind `#`, taken out of the address, and sent. No text becomes markup.
"use strict";
(() => {
  const form = document.querySelector("form[data-ticket]");
  const ticket = location.hash.slice(1);
  if (!form || !/^[A-Za-z0-9_.-]{20,4000}$/.test(ticket)) return;
  history.replaceState(null, "", location.pathname);
  form.querySelector("input[name=ticket], input[name=token]").value = ticket;
  const without = document.getElementById("without-script");
  if (without) without.hidden = true;
  form.hidden = false;
  form.requestSubmit();
})();
