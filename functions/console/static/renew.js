// What is not final on a page is asked for again and put in its place, until all of it is, or nobody looks.
//
//   data-renew="soon"    it moves by itself: asked for after 2, 3, 5, 8 … 60 seconds, from 2 again once something changed
//   data-renew="seldom"  others may change it: after 20, 30, 60 seconds
//   data-renew           it is final, and may still be corrected: asked for when somebody comes back to the page
//   data-until="<time>"  what stands there is true until then
//   data-from="<path>"   where a list is asked for; with data-newest by its lines, else the page's own address is asked
//   data-key             which line it is          data-words   what is told of it when they are others
//   data-keep            is left as it is: what a script put there
//
// Focus, what is selected, chosen, unfolded or half written stay as they are.

const SOON = [2, 3, 5, 8, 13, 21, 34, 60], SELDOM = [20, 30, 60], LONGEST = 3600, NEWEST_FROM = 8
const main = document.getElementById("main")
const one = (query, within = document) => within.querySelector(query)
const all = (query, within = document) => [...within.querySelectorAll(query)]
const home = main?.dataset.address ?? location.pathname + location.search
// The server's clock: a device's own may be wrong.
const ahead = main?.dataset.now ? Date.parse(main.dataset.now) - Date.now() : 0
const now = () => Date.now() + ahead
const away = () => document.hidden || document.visibilityState === "hidden"
let timer, step = 0, asked = 0, seen = now(), over = false, touched = false

// ---- when

const paces = within => all("[data-renew]", within).concat(within.matches("[data-renew]") ? within : []).map(each => each.dataset.renew)
const nth = (steps, number) => steps[Math.min(number, steps.length - 1)]

function pause() {
  const found = paces(main)
  if (!found.length) return Infinity
  const own = found.includes("soon") ? nth(SOON, step) : found.includes("seldom") ? nth(SELDOM, step) : Infinity
  const ends = [main, ...all("[data-until]", main)].map(each => Date.parse(each.dataset.until ?? "")).filter(end => end > seen)
  return Math.min(own, ...ends.map(end => Math.max(1, (end - now()) / 1000 + 1)))
}

function plan() {
  clearTimeout(timer)
  if (away() || over || !main) return
  const seconds = pause()
  if (seconds < Infinity) timer = setTimeout(seconds > LONGEST ? plan : look, Math.min(seconds, LONGEST) * 1000)
}

function again() {
  if (away()) { clearTimeout(timer); return }
  step = 0
  over = false
  times()
  if (main && paces(main).length) look(true)
}

// ---- what

function parts() {
  const list = one("[data-from]", main), drawer = main.classList.contains("split") && one(".drawer", main)
  if (!list && !drawer) return [{ root: main, address: home }]
  return [list && { root: list, address: list.dataset.from }, drawer && { root: drawer, address: drawer.dataset.address ?? location.href }].filter(Boolean)
}

async function look(back = false) {
  clearTimeout(timer)
  if (away()) return
  const mine = ++asked, slow = back === true || nth(SOON, step) >= NEWEST_FROM || !paces(main).includes("soon")
  let changed = false
  for (const part of parts()) {
    if (!paces(part.root).length && part.root !== main) continue
    const lines = part.root.dataset.newest === undefined ? null : all("[data-renew][data-key]", part.root).filter(line => slow || line.dataset.renew === "soon")
    if (lines && !lines.length && !(slow && part.root.dataset.newest)) continue
    const answer = await fetched(lines ? withLines(part, lines, slow) : part.address)
    if (mine !== asked) return
    if (over) return
    if (!answer) continue
    touched = false
    const before = words(part.root)
    if (lines) renewLines(part.root, answer.page, lines)
    else renewPart(part.root, answer)
    if (!touched) continue
    changed = true
    tell(before, words(part.root))
    document.dispatchEvent(new CustomEvent("letterbook:renewed", { detail: { root: part.root } }))
  }
  seen = now()
  step = changed ? 0 : step + 1
  times()
  plan()
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { "Letterbook-Fragment": "1" }, credentials: "same-origin", redirect: "manual" }).catch(() => null)
  if (answer?.status === 401) { over = true; document.dispatchEvent(new CustomEvent("letterbook:signed-out")) }
  // What was refused is not possible any more, or not there any more: that is shown, too.
  if (!answer || !(answer.ok || [403, 404, 409].includes(answer.status))) return null
  return { ok: answer.ok, page: new DOMParser().parseFromString(await answer.text(), "text/html") }
}

function withLines(part, lines, newest) {
  const query = new URLSearchParams(lines.map(line => ["id", line.dataset.key]))
  if (newest && part.root.dataset.newest) query.set("newest", part.root.dataset.newest)
  return `${part.address}${part.address.includes("?") ? "&" : "?"}${query}`
}

function renewPart(root, { ok, page }) {
  const whole = root === main
  const fresh = whole ? page.body : one(".drawer", page) ?? (ok ? one(`.${root.classList[0]}`, page) : null)
  if (fresh && whole) children(root, fresh)
  else if (fresh) morph(root, fresh)
  else if (!ok) children(root, page.body)
  if (ok && fresh && (whole || root.matches(".drawer")) && page.title) document.title = `${page.title} – Letterbook`
  if (!ok) one("#told").textContent = page.body.textContent.replace(/\s+/g, " ").trim()
}

function renewLines(root, page, lines) {
  for (const line of lines) {
    const fresh = one(`tr[data-key="${line.dataset.key}"]`, page)
    if (!fresh) { drop(line); continue }
    for (const cell of fresh.cells) {
      const old = one(`.${cell.classList[0]}`, line)
      if (old) morph(old, cell)
    }
    attributes(line, fresh)
  }
  const [pills, counted] = [one(".pills", root), one(".pills", page)]
  if (pills && counted) morph(pills, counted)
  const more = one("[data-new]", page)?.textContent, place = one(".new-ones", root), link = place && one("a", place)
  if (!more || !link || link.textContent === more) return
  link.textContent = more
  place.hidden = false
  touched = true
}

// ---- told once

const words = root => new Map(all("[data-words]", root).concat(root.matches("[data-words]") ? root : []).map(each => [each.dataset.key ?? each.id, [each.dataset.words, one("a", each)?.textContent]]))
const said = new Map()

function tell(before, after) {
  const news = []
  for (const [key, [now_]] of after) if (before.get(key)?.[0] !== now_ && said.get(key) !== now_) { news.push(now_); said.set(key, now_) }
  for (const [key, [, name]] of before) if (!after.has(key) && name) news.push(`No longer here: ${name}`)
  const more = one(".new-ones:not([hidden]) a", main)?.textContent
  if (more && said.get("") !== more) { news.push(`${more} above the list`); said.set("", more) }
  if (!news.length) return
  one("#told").textContent = [...new Set(news)].join(". ")
  // What was told of a click ("It is on its way.") may be so no more.
  one(".notice")?.remove()
}

// ---- put in its place

// What a script or somebody at the screen set, and not the server.
const THEIRS = new Set(["open", "checked", "selected", "hidden", "aria-current", "aria-expanded", "aria-busy", "data-address"])
const keyOf = node => node.nodeType === 1 ? node.dataset.key || node.id || node.getAttribute("href") || node.getAttribute("action") : null

function changedBy(field) {
  if (field.type === "hidden" || field.matches("button, fieldset, output")) return false
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked
  if (field.matches("select")) return [...field.options].some(each => each.selected !== each.defaultSelected) && !(field.selectedIndex === 0 && ![...field.options].some(each => each.defaultSelected))
  return field.value !== field.defaultValue || field === document.activeElement
}
// A form that takes files may be in the middle of it.
const inHand = form => one("[type=file]", form) || [...form.elements].some(changedBy)
const kept = node => node.nodeType === 1 && (node.matches("[data-keep], [data-keep] *") || node.matches("form") && inHand(node))

function morph(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) { old.data = fresh.data; touched = true }
    return
  }
  if (old.isEqualNode(fresh) || kept(old)) return
  attributes(old, fresh)
  children(old, fresh)
}

function attributes(old, fresh) {
  for (const { name, value } of [...fresh.attributes]) if (!THEIRS.has(name) && old.getAttribute(name) !== value) set(old, name, value)
  for (const { name } of [...old.attributes]) if (!THEIRS.has(name) && !fresh.hasAttribute(name)) { old.removeAttribute(name); touched = true }
}

function set(old, name, value) {
  // What makes a form go once is its own from the beginning.
  if (name === "value" && old.name === "once") return
  old.setAttribute(name, value)
  if (name === "value" && old.matches("input")) old.value = value
  else touched ||= name !== "title" && name !== "datetime"
}

function children(old, fresh) {
  const wanted = [...fresh.childNodes], keys = new Set(wanted.map(keyOf)), taken = new Set()
  for (const child of [...old.childNodes]) if (keyOf(child) && !keys.has(keyOf(child)) && !kept(child)) drop(child)
  const free = [...old.childNodes]
  let at = old.firstChild
  for (const child of wanted) {
    const key = keyOf(child), like = free.filter(each => !taken.has(each) && each.nodeName === child.nodeName && keyOf(each) === key)
    const match = key || child.nodeType !== 1 ? like[0] : like.find(each => each.isEqualNode(child)) ?? like[0]
    if (!match) { old.insertBefore(document.importNode(child, true), at); touched = true; continue }
    taken.add(match)
    if (follows(at, match)) at = match.nextSibling
    else { old.insertBefore(match, at); touched ||= match.nodeType === 1 }
    morph(match, child)
  }
  for (const child of free) if (!taken.has(child) && !kept(child)) drop(child)
}

function follows(at, node) {
  for (let each = at; each; each = each.nextSibling) if (each === node) return true
  return false
}

function drop(node) {
  touched ||= node.nodeType === 1 || !!node.data.trim()
  if (node.nodeType === 1 && node.contains(document.activeElement)) {
    // A line's place is taken by the next; whatever else goes leaves the keys to what it stood in, not to another button.
    const line = node.matches("li, tr") ? node.nextElementSibling ?? node.previousElementSibling : null
    const refuge = (line && one("a, button", line)) ?? node.parentElement.closest("[tabindex]") ?? main
    refuge.focus({ preventScroll: true })
  }
  node.remove()
}

// ---- "2 minutes ago" stays true

function ago(seconds) {
  const far = Math.abs(seconds)
  for (const [unit, name] of [[86400, "day"], [3600, "hour"], [60, "minute"]]) {
    const number = Math.floor(far / unit)
    if (number) return seconds > 0 ? `${number} ${name}${number > 1 ? "s" : ""} ago` : `in ${number} ${name}${number > 1 ? "s" : ""}`
  }
  return "just now"
}

function times() {
  for (const place of all("time[data-ago]")) {
    const told = ago((now() - Date.parse(place.dateTime)) / 1000)
    if (place.textContent !== told) place.textContent = told
  }
}

setInterval(() => { if (!away()) times() }, 20_000)
document.addEventListener("visibilitychange", again)
addEventListener("pageshow", event => { if (event.persisted) again() })
document.addEventListener("letterbook:opened", () => { step = 0; plan() })
plan()
