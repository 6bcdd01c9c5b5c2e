/* Passkeys: asks the browser for one and sends what it answers with the form it stands in. Forms are marked with
   data-passkey: create (add one), get (prove it, options on the page), login (sign in, options fetched). */
"use strict";

{
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const words = (buffer) => {
    const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
    return base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function create(options, form) {
    const asked = { ...options.publicKey };
    asked.challenge = bytes(asked.challenge);
    asked.user = { ...asked.user, id: bytes(asked.user.id) };
    asked.excludeCredentials = known(asked.excludeCredentials);
    if (form.elements.passwordless && form.elements.passwordless.checked) {
      const discoverable = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
      asked.authenticatorSelection = { ...asked.authenticatorSelection, ...discoverable };
    }
    return navigator.credentials.create({ publicKey: asked });
  }

  async function get(options) {
    const asked = { ...options.publicKey };
    asked.challenge = bytes(asked.challenge);
    asked.allowCredentials = known(asked.allowCredentials);
    return navigator.credentials.get({ publicKey: asked });
  }

  function asPlain(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = words(credential.response[name]);
    }
    return {
      id: credential.id, rawId: words(credential.rawId), type: credential.type, response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  async function options(form) {
    if (form.dataset.passkey !== "login") {
      const options = JSON.parse(document.getElementById("passkey-options").textContent);
      return options.creation_options || options.request_options;
    }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return (await answer.json()).request_options;
  }

  async function send(form, trouble) {
    trouble.hidden = true;
    try {
      const asked = await options(form);
      const credential = form.dataset.passkey === "create" ? await create(asked, form) : await get(asked);
      form.elements.credential.value = JSON.stringify(asPlain(credential));
      form.submit();
    } catch {
      trouble.hidden = false;
    }
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    const button = form.querySelector("button[type=button]");
    form.hidden = false;
    button.disabled = false;
    button.addEventListener("click", () => send(form, form.querySelector("[role=alert]")));
    form.addEventListener("submit", (event) => { event.preventDefault(); button.click(); });
  }
}
