// Passkeys: what the device is asked, and what it answers, between our own page and our own server. No text becomes markup.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer;
  };
  const letters = (buffer) => {
    if (!buffer) return null;
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const named = (listed) => (listed || []).map((one) => ({ ...one, id: bytes(one.id) }));

  // The challenge is made when it is wanted, and kept by the server for this browser alone.
  const begun = async (form) => {
    const answer = await fetch(form.dataset.begin, {
      method: "POST",
      body: new URLSearchParams({ csrf: form.elements.csrf.value }),
      credentials: "same-origin",
      redirect: "manual",
    });
    return answer.ok ? (await answer.json()).publicKey : null;
  };

  const created = async (wanted) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...wanted,
        challenge: bytes(wanted.challenge),
        user: { ...wanted.user, id: bytes(wanted.user.id) },
        excludeCredentials: named(wanted.excludeCredentials),
      },
    });
    const response = {
      clientDataJSON: letters(made.response.clientDataJSON),
      attestationObject: letters(made.response.attestationObject),
    };
    return { made, response };
  };

  const got = async (wanted) => {
    const made = await navigator.credentials.get({
      publicKey: {
        ...wanted,
        challenge: bytes(wanted.challenge),
        allowCredentials: named(wanted.allowCredentials),
      },
    });
    const response = {
      clientDataJSON: letters(made.response.clientDataJSON),
      authenticatorData: letters(made.response.authenticatorData),
      signature: letters(made.response.signature),
      userHandle: letters(made.response.userHandle),
    };
    return { made, response };
  };

  const send = async (form) => {
    const told = form.querySelector("[data-told]");
    told.textContent = "";
    const wanted = await begun(form);
    // Whatever stands in the way, as that a code is wanted first, is told by the answer to the form itself.
    if (wanted) {
      try {
        const { made, response } = await (form.dataset.passkey === "create" ? created : got)(wanted);
        const id = letters(made.rawId);
        form.elements.answer.value = JSON.stringify({ id, rawId: id, type: made.type, response });
      } catch {
        told.textContent = form.querySelector("[data-failed]").textContent;
        return;
      }
    }
    form.submit();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      send(form).catch(() => form.submit()).finally(() => { button.disabled = false; });
    });
  }
})();
