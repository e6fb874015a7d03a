// What the pages do besides, where there is script: the drawer, the filter panel, keys, selection.
// Every one of them is a page or a form without it.

const wide = matchMedia("(min-width: 1101px)")
const main = document.getElementById("main")
const one = (query, within = document) => within.querySelector(query)
const all = (query, within = document) => [...within.querySelectorAll(query)]
const side = one(".side", main)
const listed = location.pathname + location.search
const title = document.title

async function fetched(address) {
  const answer = await fetch(address, { headers: { "Letterbook-Fragment": "1" }, credentials: "same-origin" })
  if (answer.status === 401) { location.assign(location.href); return null }
  if (!answer.ok) return null
  return new DOMParser().parseFromString(await answer.text(), "text/html")
}

// ---- the log's lines

const links = () => side ? all("tbody tr:not(.day) .c-subj a", side) : []
const boxes = () => side ? all("tbody .pick input", side) : []
let at = -1

function go(step) {
  const lines = links()
  if (!lines.length) return
  const focused = lines.indexOf(document.activeElement)
  const shown = lines.findIndex(link => link.hasAttribute("aria-current"))
  at = Math.max(0, Math.min(lines.length - 1, (focused >= 0 ? focused : shown >= 0 ? shown : at) + step))
  if (drawer() && main.classList.contains("split")) open(lines[at].href)
  else lines[at].focus()
}

// ---- the drawer: not modal, the list stays alive beside it

const drawer = () => one(".drawer", main)
let asking = 0

async function open(address, push = true) {
  const mine = ++asking, link = links().find(link => link.href === address)
  link?.setAttribute("aria-busy", "true")
  const page = await fetched(address).catch(() => null)
  link?.removeAttribute("aria-busy")
  if (mine !== asking) return
  const fresh = page && one(".drawer", page)
  if (!fresh) { location.assign(address); return }
  drawer()?.remove()
  main.append(document.adoptNode(fresh))
  fresh.dataset.address = address
  main.classList.add("split")
  document.title = `${page.title} – Letterbook`
  if (push) history.pushState({ drawer: address }, "", address)
  mark(new URL(address, location.href).pathname)
  fresh.focus({ preventScroll: true })
  document.dispatchEvent(new CustomEvent("letterbook:opened", { detail: { root: fresh } }))
}

function mark(path) {
  for (const link of links()) {
    const current = new URL(link.href).pathname === path
    if (current) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest" }) }
    else link.removeAttribute("aria-current")
  }
}

function shut(push = true) {
  if (!drawer() || !main.classList.contains("split")) return false
  asking++
  const link = links().find(link => link.hasAttribute("aria-current"))
  drawer().remove()
  main.classList.remove("split")
  document.title = title
  if (push) history.pushState({}, "", listed)
  mark("")
  link?.focus()
  return true
}

function neighbour(step) {
  const lines = links()
  const next = lines[lines.findIndex(link => link.hasAttribute("aria-current")) + step]
  if (next) open(next.href)
  return !!next
}

addEventListener("popstate", event => {
  if (!side) return
  if (event.state?.drawer && wide.matches) open(event.state.drawer, false)
  else if (location.pathname + location.search === listed) shut(false)
  else location.reload()
})

main?.addEventListener("click", event => {
  const link = event.target.closest("a")
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  if (side && wide.matches && link.matches(".log .c-subj a, .log .c-last a") && /\/communications\/com_/.test(link.pathname)) {
    event.preventDefault()
    open(link.href)
  } else if (main.classList.contains("split") && drawer().contains(link)) {
    if (link.matches("[data-close]")) { event.preventDefault(); shut() }
    else if (link.matches("[data-newer]") && neighbour(-1)) event.preventDefault()
    else if (link.matches("[data-older]") && neighbour(1)) event.preventDefault()
    else if (/[?&]as=/.test(link.search)) { event.preventDefault(); open(link.href, false) }
  } else if (link.id === "filter") {
    event.preventDefault()
    panel(link)
  }
})

// ---- the filter panel

async function panel(link) {
  const shown = one(".filters .panel")
  if (shown) { shown.remove(); link.setAttribute("aria-expanded", "false"); link.focus(); return }
  link.setAttribute("aria-busy", "true")
  const page = await fetched(link.href).catch(() => null)
  link.removeAttribute("aria-busy")
  const fresh = page && one(".panel", page)
  if (!fresh) { location.assign(link.href); return }
  one(".filters").append(document.adoptNode(fresh))
  fresh.dataset.keep = ""
  link.setAttribute("aria-expanded", "true")
  one("input, select", fresh).focus()
}
const filter = document.getElementById("filter")
filter?.setAttribute("role", "button")
filter?.setAttribute("aria-expanded", "false")
addEventListener("input", event => {
  if (event.target.matches(".panel [type=date]")) one(".panel [value=own]").checked = true
})
addEventListener("submit", event => {
  // What nobody filled in need not stand in the address.
  if (event.target.method === "get") {
    for (const field of event.target.elements) if (field.name && field.value === "") field.disabled = true
    setTimeout(() => { for (const field of event.target.elements) field.disabled = false })
  }
})

// ---- selection

let last = null
function selected() {
  const groups = boxes().filter(box => box.checked).map(box => one(".st", box.closest("tr")).dataset.group)
  const number = groups.length
  const words = one("[data-selected]")
  if (words) words.textContent = `${number} selected`
  const whole = one("[data-all]")
  if (whole) {
    whole.checked = number > 0 && number === boxes().length
    whole.indeterminate = number > 0 && !whole.checked
  }
  for (const button of all("#bulk [formaction]")) {
    button.dataset.words ??= button.textContent.replace("…", "")
    const kinds = button.dataset.for
    const meant = kinds ? groups.filter(group => kinds.includes(group)).length : number
    button.textContent = `${button.dataset.words}${meant ? ` ${meant}` : ""}…`
    button.hidden = kinds === "draft" && !meant
  }
}
function range(box) {
  const lines = boxes()
  const [from, to] = [lines.indexOf(last), lines.indexOf(box)].sort((a, b) => a - b)
  if (from >= 0) for (const each of lines.slice(from, to + 1)) each.checked = box.checked
}
side?.addEventListener("click", event => {
  const box = event.target
  if (!box.matches("td .pick input")) return
  if (box.matches("[data-all]")) for (const each of boxes()) each.checked = box.checked
  else { if (event.shiftKey) range(box); last = box }
  selected()
})
one("#bulk")?.addEventListener("reset", () => setTimeout(() => { for (const box of boxes()) box.checked = false; selected() }))
addEventListener("pageshow", selected)
document.addEventListener("letterbook:renewed", () => { if (boxes().length) selected() })

function pick(shift) {
  const line = document.activeElement.closest("tr") ?? one("tr:has([aria-current])", side)
  const box = line && one(".pick input", line)
  if (!box) return
  box.checked = !box.checked
  if (shift) range(box)
  last = box
  selected()
}

// ---- keys: off in fields, and with a modifier

const keys = one("#keys")
const asked = one("[data-keys]")
if (asked) { asked.hidden = false; asked.onclick = () => keys.showModal() }
const press = query => { const found = one(query); found?.click(); return !!found }
const does = {
  "/": () => one("#q").select() ?? one("#q").focus(),
  j: () => go(1),
  k: () => go(-1),
  x: event => pick(event.shiftKey),
  r: () => press(".drawer [data-key=r]"),
  c: () => press("main [data-key=c]") || press("#compose"),
  n: () => press("main [data-key=n]") || press("[data-key=n]"),
  "?": () => keys.showModal(),
}
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === "Escape") {
    const menu = all("details.menu[open]").pop()
    if (keys?.open) return
    if (menu) { menu.open = false; one("summary", menu).focus() }
    else if (one(".filters .panel")) panel(filter)
    else if (!shut() && boxes().some(box => box.checked)) one("#bulk").reset()
    return
  }
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog")) return
  const act = does[event.key.length === 1 ? event.key.toLowerCase() : event.key]
  if (act) { event.preventDefault(); act(event) }
})
addEventListener("click", event => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false
})

one("[data-focus]")?.focus()
