"use strict";
(() => {
  const held = JSON.parse(document.getElementById("held").textContent);
  const words = held.words;
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const tidied = (text) => text.toLowerCase().split(/[^\p{L}]+/u).filter(Boolean).join("-");
  const said = document.getElementById("said");

  async function unseal(passphrase) {
    const file = held.file;
    const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(tidied(passphrase)), "PBKDF2", false, ["deriveKey"]);
    const key = await crypto.subtle.deriveKey(
      { name: "PBKDF2", hash: "SHA-256", salt: bytes(file.salt), iterations: file.iterations },
      secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const open = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: bytes(file.nonce), additionalData: new TextEncoder().encode("rso offline copy 1") },
      key, bytes(file.sealed));
    return JSON.parse(new TextDecoder().decode(open));
  }

  // Everything is set as text: what an entry says is never markup.
  function add(parent, name, text, kind) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    if (name !== "ul") made.dir = "auto";
    parent.append(made);
    return made;
  }

  function show(copy) {
    const place = document.getElementById("content");
    const late = new Date().toISOString().slice(0, 10) > copy.expires;
    add(place, "p", words.taken.replace("%", copy.taken));
    add(place, "p", (late ? words.expired : words.expires).replace("%", copy.expires), late ? "bad" : "quiet").id = "expires";
    for (const member of copy.members) {
      add(place, "h2", member.name);
      for (const one of member.entries) {
        add(place, "h3", one.title);
        add(place, "p", one.name);
        const list = add(place, "ul");
        for (const line of one.lines) add(list, "li", line);
        add(place, "p", one.fresh, "quiet");
      }
    }
    document.getElementById("gate").hidden = true;
    place.hidden = false;
  }

  document.getElementById("gate").addEventListener("submit", async (event) => {
    event.preventDefault();
    said.className = "";
    said.textContent = words.working;
    try {
      show(await unseal(document.getElementById("passphrase").value));
    } catch (error) {
      said.className = "bad";
      said.textContent = words.wrong;
    }
  });
})();
