// The colours of the page as the pen wants them: read from the style sheet, so that themes need no second list.

const AREAS = 12;

/** Return the colours now in force; with forced colours everything is the system's own. */
export function readLook(box, data) {
  const forced = matchMedia("(forced-colors: active)").matches;
  const probe = document.createElement("i");
  box.append(probe);
  const colour = (name, system = "CanvasText") => {
    probe.style.color = forced ? system : `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const named = (name) => colour(`v-${name.replace(" ", "-")}`);
  const look = {
    ground: colour("ground", "Canvas"), hill: colour("hill", "Canvas"), iso: colour("iso", "GrayText"),
    ink: colour("ink"), soft: colour("ink-2"), thin: colour("ink-3", "GrayText"), way: colour("way", "Highlight"),
    kinds: data.types.map(({ id, signature }) => ({ signature, colour: colour(id === "mention" ? "ink-3" : `r-${id}`) })),
    verdicts: data.verdicts.map((name) => (name ? named(name) : colour("ink"))),
    groups: Array.from({ length: AREAS }, (_, i) => colour(`area-${i}`)),
    face: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return look;
}
