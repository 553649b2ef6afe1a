// Two prints: zoom and pan together, and light up a pair on both sides. Without this file the prints stand still.
function live(box) {
  const prints = [...box.querySelectorAll("svg[data-width]")];
  let zoom = 1;
  let middle = [0.5, 0.5]; // of each print, in parts of its own size

  const draw = () => {
    const half = 0.5 / zoom;
    middle = middle.map((part) => Math.min(1 - half, Math.max(half, part)));
    box.style.setProperty("--zoom", zoom);
    for (const print of prints) {
      const [width, height] = [Number(print.dataset.width), Number(print.dataset.height)];
      print.setAttribute("viewBox", `${(middle[0] - half) * width} ${(middle[1] - half) * height} ${width / zoom} ${height / zoom}`);
    }
  };
  const set = (value) => { zoom = Math.min(8, Math.max(1, value)); draw(); };
  const move = (x, y) => { middle = [middle[0] + x / zoom, middle[1] + y / zoom]; draw(); };

  const tools = box.querySelector(".compare-tools");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const way = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (way === "whole") { middle = [0.5, 0.5]; set(1); } else if (way) set(zoom * (way === "in" ? 1.5 : 1 / 1.5));
  });

  for (const print of prints) {
    print.dataset.live = "";
    print.setAttribute("tabindex", "0");
    let from = null;
    print.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY]; print.setPointerCapture(event.pointerId); });
    print.addEventListener("pointerup", () => { from = null; });
    print.addEventListener("pointercancel", () => { from = null; });
    print.addEventListener("pointermove", (event) => {
      if (!from) return;
      const size = print.getBoundingClientRect();
      move((from[0] - event.clientX) / size.width, (from[1] - event.clientY) / size.height);
      from = [event.clientX, event.clientY];
    });
    print.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; // a plain wheel scrolls the page
      event.preventDefault();
      set(zoom * (event.deltaY < 0 ? 1.2 : 1 / 1.2));
    }, { passive: false });
    print.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
      if (steps[event.key]) { event.preventDefault(); move(...steps[event.key]); }
      else if (event.key === "+") set(zoom * 1.5);
      else if (event.key === "-") set(zoom / 1.5);
    });
    print.addEventListener("pointerover", (event) => light(event.target.closest("[data-pair]")?.dataset.pair));
    print.addEventListener("pointerleave", () => light(undefined));
  }

  function light(pair) {
    for (const mark of box.querySelectorAll(".mark[data-pair]")) mark.toggleAttribute("data-lit", mark.dataset.pair === pair);
  }
}

for (const box of document.querySelectorAll("[data-compare]")) live(box);
