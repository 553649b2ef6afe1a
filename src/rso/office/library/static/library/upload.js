// How far an upload has come. Without this file the form is sent as any other.
for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    const chosen = form.querySelector("input[type=file]")?.files?.[0];
    if (!chosen || chosen.size < 256 * 1024) return; // there before a bar would be
    event.preventDefault();
    const line = form.querySelector("[data-sending]");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", line.dataset.sending);
    line.replaceChildren(document.createTextNode(`${line.dataset.sending} …`), bar);
    line.hidden = false;
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.upload.addEventListener("progress", (step) => { if (step.lengthComputable) bar.value = step.loaded / step.total; });
    // The answer is a page, and shown as it is: to ask for it again would lose the message in it.
    request.addEventListener("load", () => {
      history.replaceState(null, "", request.responseURL || location.href);
      document.open();
      document.write(request.responseText);
      document.close();
    });
    request.addEventListener("error", () => { button.disabled = false; line.hidden = true; HTMLFormElement.prototype.submit.call(form); });
    request.send(new FormData(form));
  });
}
