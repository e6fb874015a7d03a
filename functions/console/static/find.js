// The header's search while one types: what is found below the field, to be gone through by keys. Without script it is a page.

const field = document.getElementById("q")
const form = field?.form
const told = document.getElementById("told")
const PAUSE = 200, SHORTEST = 2
let list, asked, waiting, at = -1

const options = () => [...list.querySelectorAll("[role=option]")]

function made(name, properties, ...inside) {
  const node = Object.assign(document.createElement(name), properties)
  node.append(...inside)
  return node
}

function shut() {
  clearTimeout(waiting)
  asked?.abort()
  at = -1
  list.hidden = true
  field.setAttribute("aria-expanded", "false")
  field.removeAttribute("aria-activedescendant")
}

function option(link, number) {
  const line = made("a", { href: link.href, id: `hit-${number}`, tabIndex: -1 }, ...[...link.closest("li").childNodes].map(one => one.cloneNode(true)))
  for (const inner of line.querySelectorAll("a")) inner.replaceWith(made("b", {}, ...inner.childNodes))
  line.setAttribute("role", "option")
  line.setAttribute("aria-selected", "false")
  return line
}

function show(page) {
  let number = 0
  const groups = [...page.querySelectorAll("section")].map(section => {
    const name = made("p", { id: `of-${section.getAttribute("aria-labelledby")}`, className: "small q" }, section.querySelector("h2").textContent)
    const group = made("div", {}, name, ...[...section.querySelectorAll("[data-hit]")].map(link => option(link, number++)))
    group.setAttribute("role", "group")
    group.setAttribute("aria-labelledby", name.id)
    return group
  })
  const none = made("p", { className: "q" }, page.querySelector(".none h2")?.textContent ?? "")
  list.replaceChildren(...number ? groups : [none])
  at = -1
  list.hidden = false
  field.setAttribute("aria-expanded", String(number > 0))
  field.removeAttribute("aria-activedescendant")
  told.textContent = number ? `${number} found` : "Nothing found"
}

async function look() {
  const words = field.value.trim()
  if (words.length < SHORTEST && !/[^\u0000-\u02ff]/.test(words)) return shut()
  asked?.abort()
  asked = new AbortController()
  const { signal } = asked
  try {
    const answer = await fetch(`/search?${new URLSearchParams({ q: words })}`, { headers: { "Letterbook-Fragment": "1" }, credentials: "same-origin", signal })
    const text = answer.ok ? await answer.text() : ""
    if (text && !signal.aborted && document.activeElement === field) show(new DOMParser().parseFromString(text, "text/html"))
  } catch { /* Typed on, or no network: Enter still leads to the page. */ }
}

function move(step) {
  const lines = options()
  if (!lines.length) return
  lines[at]?.setAttribute("aria-selected", "false")
  at = (at + step + lines.length + (at < 0 && step < 0 ? 1 : 0)) % lines.length
  lines[at].setAttribute("aria-selected", "true")
  lines[at].scrollIntoView({ block: "nearest" })
  field.setAttribute("aria-activedescendant", lines[at].id)
}

function key(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault()
    if (list.hidden) look()
    else move(event.key === "ArrowDown" ? 1 : -1)
  } else if (event.key === "Enter" && !list.hidden && at >= 0) {
    event.preventDefault()
    options()[at].click()
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault()
    event.stopPropagation()
    shut()
  }
}

if (field) {
  list = made("div", { id: "hits", className: "hits", hidden: true })
  list.setAttribute("role", "listbox")
  list.setAttribute("aria-label", "Found")
  form.append(list)
  // A combobox is a text field to whoever reads the page to somebody.
  field.type = "text"
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "hits", "aria-autocomplete": "list", "aria-haspopup": "listbox" })) field.setAttribute(name, value)
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, PAUSE) })
  field.addEventListener("keydown", key)
  form.addEventListener("focusout", event => { if (!form.contains(event.relatedTarget)) shut() })
  form.addEventListener("submit", shut)
}
