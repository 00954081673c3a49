// The legend is a form: what is ticked is drawn. Without scripts the same form asks the server.

const PALETTE = 12; // topics that get a colour of their own

/** Let the form `#legend` filter the sheet. */
export function legend(sheet) {
  const form = document.querySelector("#legend"), { data } = sheet;
  const boxes = (name) => [...form.querySelectorAll(`[name=${name}]`)];
  const usual = ({ value }) => value !== "mention"; // what is ticked where the address asks for nothing
  const ticked = (name) => new Set(boxes(name).filter((box) => box.checked).map((box) => box.value));
  let topics = null, ranks = null; // of each note: its topics, and how common its most common one is

  const apply = () => {
    const types = ticked("type"), bases = ticked("basis"), verdicts = ticked("verdict");
    sheet.types = Uint8Array.from(data.types, ({ id }) => types.has(id) || !boxes("type").some((box) => box.value === id) && id !== "mention");
    sheet.bases = Uint8Array.from(data.bases, (basis) => bases.has(basis || "unsaid"));
    const wanted = Uint8Array.from(data.verdicts, (verdict) => verdicts.has(verdict || "not tested"));
    const topic = topics ? data.topics.findIndex((name) => name === form.topic.value) : -1;
    for (let i = 0; i < data.n; i++) sheet.clear[i] = wanted[data.verdict[i]] && (topic < 0 || topics[i].includes(topic));
    const none = () => sheet.look.thin, tints = () => sheet.look.groups;
    sheet.colourOf = {
      verdict: (i) => sheet.look.verdicts[data.verdict[i]],
      area: (i) => (data.area[i] === 255 ? none() : tints()[data.area[i] % tints().length]),
      topic: (i) => (ranks && tints()[ranks[i]]) || none(),
    }[form.color.value];
    sheet.count = form.ghosts?.checked ? data.n : data.n - data.ghosts;
    for (const list of document.querySelectorAll("[data-colours]")) list.hidden = list.dataset.colours !== form.color.value;
  };
  form.addEventListener("change", () => {
    apply();
    sheet.refresh();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[type=submit]").hidden = true;

  return {
    form,
    /** Give each note the colour of its most common topic. */
    takeTopics(titles) {
      topics = titles.map(([, , list]) => (list ? list.split(",").map(Number) : []));
      const often = new Uint32Array(data.topics.length);
      for (const list of topics) for (const topic of list) often[topic]++;
      const ranked = [...often.keys()].sort((a, b) => often[b] - often[a]), rank = new Map(ranked.map((topic, i) => [topic, i]));
      ranks = topics.map((list) => Math.min(...list.map((topic) => rank.get(topic)), PALETTE));
      apply();
    },
    /** Set the form from an address. */
    read(asked) {
      for (const name of ["type", "basis", "verdict"]) {
        const wanted = asked.getAll(name);
        for (const box of boxes(name)) box.checked = wanted.length ? wanted.includes(box.value) : usual(box);
      }
      form.topic.value = asked.get("topic") ?? "";
      form.color.value = asked.get("color") || "verdict";
      if (form.ghosts) form.ghosts.checked = asked.has("ghosts");
      apply();
    },
    /** Write into an address what differs from the usual. */
    write(asked) {
      for (const name of ["type", "basis", "verdict"]) {
        asked.delete(name);
        if (boxes(name).every((box) => box.checked === usual(box))) continue;
        const shown = ticked(name);
        for (const value of shown.size ? shown : ["none"]) asked.append(name, value);
      }
      const rest = { topic: form.topic.value, color: form.color.value === "verdict" ? "" : form.color.value, ghosts: form.ghosts?.checked ? "1" : "" };
      for (const [name, value] of Object.entries(rest)) value ? asked.set(name, value) : asked.delete(name);
    },
  };
}
