// The editor of templates: variables are put in where one writes, the preview follows, wrong lines are marked. Without script it is a form.

const form = document.querySelector("[data-template]")
const text = form.elements.body
const told = document.getElementById("told")
// What cannot be shown yet is looked at again, so many milliseconds later each time.
const PAUSE = 350, MOST = 8, LATER = [2000, 3000, 5000]
let timer, asking = 0, at = -1, begun = 0, looks = 0

function made(name, properties, ...inside) {
  const node = Object.assign(document.createElement(name), properties)
  node.append(...inside)
  return node
}

// ---- below the text lies the same text, unseen: it knows where a line and the caret stand

const under = made("div", { className: "under" })
under.setAttribute("aria-hidden", "true")
text.before(under)
const wrong = () => [...document.querySelectorAll("#f-body-lines [data-line]")].map(one => +one.dataset.line)
// The blank lines that it begins with are not sent.
const blank = () => /^\n*/.exec(text.value)[0].length

function mark(marked = wrong()) {
  const first = blank()
  under.replaceChildren(...text.value.split("\n").map((line, n) => {
    const span = made("span", {}, `${line}\n`)
    if (marked.includes(n + 1 - first)) span.classList.add("bad-line")
    return span
  }))
  under.scrollTop = text.scrollTop
}

function caret() {
  const spot = made("span", {})
  under.replaceChildren(text.value.slice(0, begun), spot, text.value.slice(begun))
  const place = { top: spot.offsetTop - text.scrollTop + 22, left: spot.offsetLeft }
  mark()
  return place
}

text.addEventListener("scroll", () => { under.scrollTop = text.scrollTop })

document.addEventListener("click", event => {
  const line = event.target.closest("[data-line]")
  if (!line) return
  event.preventDefault()
  const lines = text.value.split("\n"), n = +line.dataset.line - 1 + blank()
  const start = lines.slice(0, n).join("\n").length + (n ? 1 : 0)
  text.focus()
  text.setSelectionRange(start, start + (lines[n] ?? "").length)
  text.scrollTop = Math.max(0, (under.children[n]?.offsetTop ?? 0) - text.clientHeight / 2)
})

// ---- the preview

async function look() {
  const mine = ++asking
  const data = new URLSearchParams(new FormData(form))
  data.set("do", "look")
  data.delete("take")
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { "Letterbook-Fragment": "1" } }).catch(() => null)
  if (!answer || answer.status === 401) document.dispatchEvent(new Event(answer ? "letterbook:signed-out" : "letterbook:unheard"))
  if (mine !== asking || !answer?.headers.get("content-type").startsWith("text/html")) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  if (mine !== asking) return
  const lines = page.getElementById("f-body-lines"), shown = page.getElementById("shown")
  if (!lines || !shown) return
  const before = document.getElementById("f-body-lines"), words = lines.textContent.trim()
  if (words && words !== before.textContent.trim()) told.textContent = words
  before.replaceWith(lines)
  text.toggleAttribute("aria-invalid", !!words)
  // What cannot be read yet leaves the last look where it is.
  const old = document.getElementById("shown")
  if (shown.dataset.none === undefined) old.replaceWith(shown)
  else old.classList.add("stale")
  mark()
  lookLater()
}

function lookLater() {
  if (!document.querySelector("[data-later]")) looks = 0
  else if (looks < LATER.length) timer = setTimeout(look, LATER[looks++])
}

form.addEventListener("input", () => {
  clearTimeout(timer)
  asking++
  looks = 0
  timer = setTimeout(look, PAUSE)
})

// ---- variables: put in by a press, or offered behind {{

function put(written, from = text.selectionStart, to = text.selectionEnd) {
  text.focus()
  text.setSelectionRange(from, to)
  // So that it can be undone.
  if (!document.execCommand("insertText", false, written)) text.setRangeText(written, from, to, "end")
  text.dispatchEvent(new Event("input", { bubbles: true }))
}

const offered = new Map()
for (const code of document.querySelectorAll("[data-insert]")) {
  const button = made("button", { type: "button", className: "btn bare put" }, ...code.childNodes)
  code.replaceWith(button)
  offered.set(code.dataset.insert, [button.textContent, button.nextElementSibling.firstChild?.textContent ?? ""])
  button.addEventListener("click", () => put(button.textContent))
}

const list = made("div", { id: "offers", className: "hits offers", hidden: true })
list.setAttribute("role", "listbox")
list.setAttribute("aria-label", "Variables")
text.after(list)
for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-controls": "offers", autocomplete: "off" })) text.setAttribute(name, value)

function shut() {
  list.hidden = true
  at = -1
  text.removeAttribute("aria-activedescendant")
}

function own() {
  const names = [...form.querySelectorAll("[name$='.name']")].map(one => one.value.trim()).filter(Boolean)
  return names.filter(name => !offered.has(name)).map(name => [name, [`{{ ${name} }}`, ""]])
}

function offer() {
  const typed = /\{\{ *(\w*)$/.exec(text.value.slice(0, text.selectionStart))
  if (!typed || text.selectionStart !== text.selectionEnd) return shut()
  begun = typed.index
  const word = typed[1].toLowerCase()
  const all = [...own(), ...offered].filter(([name]) => name.includes(word) && name !== word)
  all.sort(([a], [b]) => b.startsWith(word) - a.startsWith(word))
  list.replaceChildren(...all.slice(0, MOST).map(([name, [written, meaning]], n) => {
    const option = made("a", { id: `offer-${n}` }, made("b", {}, name), made("span", { className: "q small" }, meaning))
    option.dataset.written = written
    option.setAttribute("role", "option")
    option.setAttribute("aria-selected", "false")
    return option
  }))
  at = -1
  text.removeAttribute("aria-activedescendant")
  list.hidden = !all.length
  const place = caret()
  list.style.insetBlockStart = `${place.top}px`
  list.style.insetInlineStart = `${Math.min(place.left, Math.max(0, text.clientWidth - 320))}px`
}

function take(option) {
  const rest = /^ *\}\}/.exec(text.value.slice(text.selectionEnd))
  const end = text.selectionEnd + (rest ? rest[0].length : 0)
  shut()
  put(option.dataset.written, begun, end)
  shut()
}

text.addEventListener("input", () => { mark(); offer() })
text.addEventListener("blur", shut)
list.addEventListener("mousedown", event => {
  event.preventDefault()
  const option = event.target.closest("[role=option]")
  if (option) take(option)
})
text.addEventListener("keydown", event => {
  if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  const options = [...list.children]
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    options[at]?.setAttribute("aria-selected", "false")
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % options.length
    options[at].setAttribute("aria-selected", "true")
    options[at].scrollIntoView({ block: "nearest" })
    text.setAttribute("aria-activedescendant", options[at].id)
  } else if (event.key === "Enter" && at >= 0) take(options[at])
  else if (event.key === "Escape") { event.stopPropagation(); shut() }
  else return
  event.preventDefault()
})

form.classList.add("alive")
mark()
