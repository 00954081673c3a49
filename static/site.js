// Comfort on every page: "/" leads to the search field, and the colours can be chosen.
const root = document.documentElement, form = document.querySelector(".theme");
const stored = (() => { try { return localStorage.getItem("theme") || "system"; } catch { return "system"; } })();

function apply(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

apply(stored);
if (form) {
  form.hidden = false;
  const chosen = form.querySelector(`[value="${stored === "light" || stored === "dark" ? stored : "system"}"]`);
  chosen.checked = true;
  form.addEventListener("change", (event) => {
    apply(event.target.value);
    try { localStorage.setItem("theme", event.target.value); } catch { /* private window: kept for this page */ }
    dispatchEvent(new Event("themechange"));
  });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.querySelector("#q").focus();
});

// a saved note shows itself: one stream, open only while the page is seen
let stream = null;
function follow() {
  if (document.hidden) { stream?.close(); stream = null; return; }
  if (stream || !document.body.dataset.live) return;
  stream = new EventSource("/events");
  stream.addEventListener("changed", () => location.reload());
}
document.addEventListener("visibilitychange", follow);
follow();
