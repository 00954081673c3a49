// Where pages lie. Scripts name an address as a server has it, `/n/slug?trail=x`, and ask here. A static
// site says in its html element how far up its root is, and keeps that page in a file, `n/slug.html`;
// alpgraph/pages/files.py is the same rule for the addresses inside pages.

const { root } = document.documentElement.dataset;
const base = new URL(root ?? "/", location.href); // read once: walking changes the address
const PAGES = /^(?:n|walk|links|topics|relations|experiments|help|network|search|path|trail|timeline|standing)(?:\/|$)/;
const DATA = { "api/network": ".bin", "api/network/titles": ".txt", "api/topics": ".json" };

/** Whether a server answers; else all there is are files. */
export const served = root === undefined;

/** Where an address lies. */
export function at(address) {
  if (served) return address;
  const [, path, rest] = /^\/([^?#]*)(.*)$/.exec(address);
  const ending = DATA[path] ?? (path.startsWith("api/walk/") ? ".json" : PAGES.test(path) ? ".html" : "");
  return base.href + path + ending + rest;
}

/** The path that a page has on a server, as `/n/slug`; "" for what is not of this site. */
export function pathOf(href) {
  const url = new URL(href, location.href);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return "";
  const path = `/${url.pathname.slice(base.pathname.length)}`;
  return served ? path : path.replace(/\.html$/, "");
}

/** A slug as it stands in an address. */
export function segment(slug) {
  return encodeURI(slug).replace(/[?#]/g, encodeURIComponent);
}

export function noteUrl(slug) {
  return at(`/n/${segment(slug)}`);
}

/** Slug of a note from the address of its page, its walk or its links; "" elsewhere. */
export function slugOf(href) {
  const match = /^\/(?:n|walk|links)\/(.+)$/.exec(pathOf(href));
  try {
    return match ? decodeURIComponent(match[1]) : "";
  } catch {
    return ""; // a percent sign that encodes nothing
  }
}
