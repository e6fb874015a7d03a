// What somebody writes is kept on this device until it was accepted: through a lost session, a refusal, a network that fails,
// a closed tab. It is theirs alone, under their id, for two weeks at most, and gone when they sign out.

const main = document.getElementById("main")
const who = main?.dataset.who
const OURS = "letterbook-kept ", MINE = `${OURS}${who} `
const DAYS = 14, MOST = 40, MOST_ROWS = 50, LONGEST = 400000, PATIENCE = 45000
const WHOSE = ["party_id", "in_reply_to", "thread_id", "regarding", "case_id"]
const LOOKS = ["look", "review", "preview"]
const COMPOSE = "/compose"
const forms = new Map()

// ---- the store

function read(slot) {
  try { return JSON.parse(localStorage.getItem(slot)) } catch { return null }
}
function kept() {
  try {
    return Object.keys(localStorage).filter(key => key.startsWith(OURS))
  } catch { return [] }
}
function drop(slot) {
  try { localStorage.removeItem(slot) } catch {}
}
function write(slot, record) {
  const text = JSON.stringify(record)
  if (text.length > LONGEST) return
  try { localStorage.setItem(slot, text) } catch {
    const oldest = kept().filter(one => one !== slot).sort((a, b) => (read(a)?.at ?? 0) - (read(b)?.at ?? 0))[0]
    if (oldest) { drop(oldest); write(slot, record) }
  }
}
function clean() {
  const since = Date.now() - DAYS * 86400000
  for (const slot of kept()) if (!slot.startsWith(MINE) || !(read(slot)?.at > since)) drop(slot)
  const all = kept().sort((a, b) => read(b).at - read(a).at)
  for (const slot of all.slice(MOST)) drop(slot)
}

// ---- what stands in a form: by name, its values

const typed = field => field.matches("textarea, select, input:not([type=hidden], [type=file], [type=password], [type=submit], [type=button], [type=reset])")
const words = field => field.matches("textarea, input:not([type=checkbox], [type=radio])")
const keeps = form => {
  if (form.getAttribute("method")?.toLowerCase() !== "post" || form.closest("dialog")) return false
  const fields = [...form.elements].filter(one => one.name && typed(one))
  return fields.some(one => one.matches("textarea")) || fields.length > 2 && fields.some(words)
}
// Recipients and files that were chosen are hidden fields; so is what a template knew when somebody looked.
const chosen = field => field.type === "hidden" && (field.closest(".chip, .files") || field.name.startsWith("k-")) && !field.name.startsWith("sha256-")

function values(form, { asMade = false } = {}) {
  const made = {}
  for (const field of form.elements) {
    if (!field.name || field.disabled || !(typed(field) || chosen(field))) continue
    const list = made[field.name] ??= []
    if (field.matches("select")) {
      const options = [...field.options], own = options.filter(one => asMade ? one.defaultSelected : one.selected)
      const picked = own.length || field.multiple ? own : options.slice(0, 1)
      list.push(...picked.map(one => one.value))
    } else if (field.matches("[type=checkbox], [type=radio]")) {
      if (asMade ? field.defaultChecked : field.checked) list.push(field.value)
    } else {
      const value = asMade && field.type !== "hidden" ? field.defaultValue : field.value
      if (value !== "") list.push(value.replaceAll("\r\n", "\n"))
    }
  }
  return made
}
// A place for one more that nobody filled in says nothing.
const filled = (list = []) => list.slice(0, list.findLastIndex(value => value !== "") + 1)
const same = (a, b) => JSON.stringify(filled(a)) === JSON.stringify(filled(b))
const differing = (now, then) => Object.keys(now).filter(name => !same(now[name], then[name]))

// ---- where it is kept: one place for each tab that has the same form open

const path = form => new URL(form.getAttribute("action") || location.href, location.href).pathname
const hidden = (form, name) => form.querySelector(`input[type=hidden][name="${name}"]`)?.value ?? ""
const subject = form => `${path(form)} ${WHOSE.map(name => hidden(form, name)).join(" ").trim()}`

function free(slot) {
  if (!navigator.locks) return true
  return new Promise(tell => {
    const hold = () => { tell(true); return new Promise(done => addEventListener("pagehide", done)) }
    navigator.locks.request(slot, { signal: AbortSignal.timeout(600) }, hold).catch(() => tell(false))
  })
}
async function place(form) {
  const slots = [1, 2, 3].map(n => `${MINE}${subject(form)} ${n}`).sort((a, b) => !read(a) - !read(b))
  for (const slot of slots) if (await free(slot)) return slot
  return slots.at(-1)
}

async function begin(form) {
  if (forms.has(form) || !keeps(form)) return
  const one = { base: values(form, { asMade: true }), slot: null, timer: 0 }
  forms.set(form, one)
  one.slot = await place(form)
  const record = read(one.slot)
  const sent = sessionStorage.sent === subject(form)
  if (record) {
    if (sent) { one.base = record.base; return }
    const written = differing(record.said, record.base).filter(name => !same(record.said[name], one.base[name]))
    if (!written.length) drop(one.slot)
    else giveBack(form, record, written, written.filter(name => record.base[name] && one.base[name] && !same(record.base[name], one.base[name])))
  }
  if (changed(form)) later(form)
}
const changed = form => differing(values(form), forms.get(form).base).length > 0

function later(form) {
  const one = forms.get(form)
  clearTimeout(one.timer)
  if (!one.left) one.timer = setTimeout(keep, 300, form)
}
function keep(form) {
  const one = forms.get(form)
  if (!one?.slot || one.left) return
  clearTimeout(one.timer)
  const said = values(form)
  if (!differing(said, one.base).length) { drop(one.slot); return }
  write(one.slot, { at: Date.now(), page: read(one.slot)?.page ?? location.pathname + location.search, base: one.base, said })
}
// compose.js: what stood in the form at that moment is a draft by now, at another address.
async function saved(form, said) {
  const one = forms.get(form)
  if (one.slot) drop(one.slot)
  Object.assign(one, { base: said, slot: null })
  one.slot = await place(form)
  if (changed(form)) later(form)
}
function forget(form) {
  const one = forms.get(form)
  clearTimeout(one.timer)
  one.left = true
  if (one.slot) drop(one.slot)
}

// ---- given back

function element(tag, set = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), set)
  made.append(...inside)
  return made
}
function clock(at) {
  const then = new Date(at), time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
  if (then.toDateString() === new Date().toDateString()) return time
  return `${then.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}, ${time}`
}
function giveBack(form, record, written, overtaken) {
  const meanwhile = () => { for (const name of overtaken) beside(form, name, forms.get(form).base[name]) }
  const times = Object.keys(record.said).filter(name => form.elements[name]?.type === "datetime-local")
  const over = Object.fromEntries([...new Set([...written, ...times])].map(name => [name, record.said[name]]))
  if (form.matches("[data-compose]")) {
    for (const name in record.said) if (name.startsWith("k-")) over[name] = record.said[name]
    form.dispatchEvent(new CustomEvent("letterbook:give-back", { detail: { over, done: meanwhile } }))
  } else {
    for (const name in over) put(form, name, over[name])
    meanwhile()
  }
  const discard = element("button", { type: "button", className: "btn bare", textContent: "Discard", onclick: () => {
    forget(form)
    form.dataset.left = ""
    location.assign(record.page)
  } })
  const line = element("p", { className: "kept" }, element("span", { textContent: `Kept from ${clock(record.at)} on this device.` }), discard)
  const top = form.querySelector(":scope > .in") ?? form
  if (form.matches("[data-compose]")) form.querySelector(".desk").before(line)
  else top.prepend(line)
  document.getElementById("told").textContent = line.firstChild.textContent
}
const named = (form, name) => [...form.elements].filter(one => one.name === name && typed(one))
const ticks = field => field.matches("[type=checkbox], [type=radio]")

// Of several fields with one name each has its own value, by its place; boxes have theirs by what they say.
function put(form, name, list) {
  if (!named(form, name).length) row(form, name)
  const fields = named(form, name), single = fields.filter(field => !ticks(field) && !field.multiple)
  for (const field of fields.filter(ticks)) field.checked = list.includes(field.value)
  for (const field of fields.filter(field => field.multiple)) for (const one of field.options) one.selected = list.includes(one.value)
  while (single.length && single.length < list.length && single.at(-1).matches("select")) single.push(oneMore(single.at(-1), single.length))
  single.forEach((field, n) => fill(field, list[n] ?? ""))
}
// What is not offered any more is not chosen: then what stands there stays.
function fill(field, value) {
  if (!field.matches("select")) { field.value = value; return }
  const option = [...field.options].find(one => one.value === value)
  if (option) option.selected = true
}
// There may have been more places when it was written in: one more like the last, the nth from nought.
function oneMore(last, n) {
  const next = last.cloneNode(true)
  for (const one of [next, ...next.querySelectorAll("[name]")]) {
    one.ariaLabel &&= one.ariaLabel.replace(/\d+(?=\D*$)/, n + 1)
    if (one.name) one.name = one.name.replace(`.${n - 1}.`, `.${n}.`)
    if (one.id) one.id = one.id.replace(new RegExp(`-${n - 1}(?=-|$)`), `-${n}`)
    if (one.matches("input") && ticks(one)) one.checked = false
    else if (one.matches("input")) one.value = ""
  }
  last.after(next)
  return next
}
function row(form, name) {
  const [, head, number, tail] = name.match(/^(.+?)\.(\d+)\.(.+)$/) ?? []
  const at = n => form.elements[`${head}.${n}.${tail}`]?.closest?.("tr")
  if (!head || number > MOST_ROWS) return
  let n = Number(number)
  while (n > 0 && !at(n)) n--
  for (let last = at(n); last && n < number; n++) last = oneMore(last, n + 1)
}
// What stands there now, where that was changed since it was written over.
function beside(form, name, now) {
  const fields = named(form, name), at = fields[0]?.closest(".v, td")
  if (!at) return
  const take = element("button", { type: "button", className: "btn bare", textContent: "Take this", onclick: () => {
    put(form, name, now)
    said.remove()
    later(form)
  } })
  const shown = filled(now).map(value => called(fields, value)).join(", ")
  const said = element("p", { className: "meanwhile small" }, element("b", { textContent: "Saved meanwhile:" }), ` ${shown || "nothing"} `, take)
  at.append(said)
}
// A value in the words of the page.
function called(fields, value) {
  for (const field of fields) {
    const label = field.matches("select") ? [...field.options].find(one => one.value === value) : ticks(field) && field.value === value && field.labels[0]
    if (label) return label.textContent.trim()
  }
  return value
}

// ---- said at the top of the page, and in the strip where there is one

function say(lead, more, way = "") {
  const text = [element("b", { textContent: lead }), ` ${more} `, way]
  const strip = document.querySelector("#strip > div:not(.end)")
  if (strip) {
    strip.parentNode.dataset.group = "failed"
    strip.replaceChildren(element("p", {}, ...text))
    document.getElementById("told").textContent = `${lead} ${more}`
    return
  }
  document.getElementById("off")?.remove()
  const notice = element("p", { id: "off", className: "notice off" }, element("span", {}, ...text))
  notice.setAttribute("role", "alert")
  main.prepend(notice)
}
function leave() {
  for (const form of forms.keys()) { keep(form); form.dataset.left = "" }
}
const STAYS = "What you wrote is kept on this device."
const page = () => [...forms.values()].map(one => one.slot && read(one.slot)?.page).find(Boolean) ?? location.pathname + location.search
function signedOut() {
  for (const form of forms.keys()) keep(form)
  const href = `/sign-in?next=${encodeURIComponent(page())}`
  say("You are signed out.", forms.size ? STAYS : "", element("a", { href, textContent: "Sign in", onclick: leave }))
}
const unheard = () => say("There is no connection.", `${STAYS} Try again in a moment.`)
document.addEventListener("letterbook:signed-out", signedOut)
document.addEventListener("letterbook:unheard", unheard)

// ---- sent by script, so that whatever cannot be taken stays on the page

function natively(form, by, target) {
  sessionStorage.sent = subject(form)
  if (by?.name) form.append(element("input", { type: "hidden", name: by.name, value: by.value }))
  form.setAttribute("action", target)
  form.dataset.left = ""
  HTMLFormElement.prototype.submit.call(form)
}
async function send(form, by) {
  await form.saving
  const target = by?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href
  const data = new FormData(form)
  if (by?.name) data.append(by.name, by.value)
  const files = [...data].filter(([, value]) => value instanceof File)
  const whole = files.some(([, file]) => file.size)
  if (!whole) for (const [name] of files) data.delete(name)
  const body = whole ? data : new URLSearchParams(data)
  const headers = { "Letterbook-Fragment": "1", "Letterbook-Submit": "1" }
  let answer, text
  try {
    answer = await fetch(target, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE) })
    text = await answer.text()
  } catch { return unheard() }
  const to = answer.headers.get("Letterbook-Location")
  if (to) {
    forget(form)
    form.dataset.left = ""
    location.assign(to)
    return true
  }
  if (answer.status === 401) return signedOut()
  const told = new DOMParser().parseFromString(text, "text/html")
  if (answer.ok || [...told.forms].some(one => path(one) === path(form))) { natively(form, by, target); return true }
  const title = told.querySelector("[data-refused] h1, h1"), words = told.querySelector("[data-refused] p")
  const gone = [404, 409].includes(answer.status) && form.matches("[data-compose]") && path(form) !== COMPOSE
  say(title ? `${title.textContent}.` : "This was not taken.", `${words?.textContent ?? `The server answered ${answer.status}: try again in a moment.`} ${STAYS}`, gone ? anew(form) : "")
}
// What was written into a draft that is no more becomes a new message.
function anew(form) {
  return element("button", { type: "button", className: "btn", textContent: "Write it as a new one", onclick: () => {
    form.elements.once.value = ""
    natively(form, { name: "do", value: "review" }, COMPOSE)
  } })
}
addEventListener("submit", async event => {
  const form = event.target, by = event.submitter
  if (form.getAttribute("action") === "/sign-out") return signOut()
  if (event.defaultPrevented || !keeps(form)) return
  begin(form)
  keep(form)
  if (by?.name === "take" || by?.name === "do" && LOOKS.includes(by.value)) { sessionStorage.sent = subject(form); return }
  event.preventDefault()
  if (form.dataset.going !== undefined) return
  form.dataset.going = ""
  by?.setAttribute("aria-busy", "true")
  if (await send(form, by)) return
  delete form.dataset.going
  by?.removeAttribute("aria-busy")
})

function signOut() {
  for (const one of [...forms.keys()]) { forget(one); one.dataset.left = "" }
  for (const slot of kept()) drop(slot)
  sessionStorage.clear()
}

// ---- begun

if (who) {
  clean()
  const began = [...document.forms].map(begin)
  Promise.all(began).then(() => {
    // What was sent by itself led on to another page: it was taken.
    const sent = sessionStorage.sent
    if (!sent) return
    sessionStorage.removeItem("sent")
    if (document.querySelector("[data-refused]") || [...forms.keys()].some(form => subject(form) === sent)) return
    for (const slot of kept()) if (slot.startsWith(`${MINE}${sent} `)) drop(slot)
  })
  for (const event of ["input", "change"]) addEventListener(event, ({ target }) => { if (forms.has(target.form)) later(target.form) })
  addEventListener("focusin", ({ target }) => { if (target.form) begin(target.form) })
  document.addEventListener("letterbook:saving", ({ target }) => { const one = forms.get(target); if (one) one.saving = values(target) })
  document.addEventListener("letterbook:saved", ({ target }) => { const one = forms.get(target); if (one) saved(target, one.saving) })
  addEventListener("pagehide", () => { for (const form of forms.keys()) keep(form) })
  document.addEventListener("visibilitychange", () => { for (const form of forms.keys()) keep(form) })
}
