// Composing: preview answers while somebody writes, files go straight to the vault. Without script it is a form with buttons.

const form = document.querySelector("[data-compose]")
const one = (query, within = form) => within.querySelector(query)
let timer, asking = 0, whole = false, changed = false

async function ask(all, name, value) {
  clearTimeout(timer)
  whole ||= all
  const mine = ++asking, part = whole
  const data = new URLSearchParams(new FormData(form))
  data.set("do", part ? "review" : "look")
  if (name) data.set(name, value)
  if (all) one("#strip").setAttribute("aria-busy", "true")
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { "Letterbook-Fragment": "1" } }).catch(() => null)
  if (mine === asking) one("#strip").removeAttribute("aria-busy")
  if (mine !== asking || !answer?.headers.get("content-type").startsWith("text/html")) return
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  if (mine !== asking) return
  whole = false
  const at = document.activeElement?.id, lead = one("#strip b").textContent
  for (const old of form.querySelectorAll(part ? "#strip, #form, #view" : "[data-look]")) {
    const fresh = page.getElementById(old.id)
    if (!fresh || fresh.outerHTML === old.outerHTML) continue
    if (old.id === "view") one("#why", fresh)?.toggleAttribute("open", !!one("#why", old)?.open)
    old.replaceWith(fresh)
  }
  if (part) begin()
  if (at && document.activeElement === document.body) document.getElementById(at)?.focus()
  if (one("#strip b").textContent !== lead) document.getElementById("told").textContent = one("#strip p").textContent
}

function begin() {
  const row = one("[data-upload]")
  if (row) row.hidden = false
}

async function upload(file) {
  const line = document.createElement("li"), label = document.createElement("span"), bar = document.createElement("progress")
  label.append(file.name, bar)
  bar.setAttribute("aria-label", `Uploading ${file.name}`)
  bar.max = file.size
  line.append(label)
  one("[data-upload]").before(line)
  const told = new URLSearchParams({ name: file.name, media_type: file.type, bytes: file.size })
  for (const name of ["party_id", "case_id"]) told.set(name, form.elements[name]?.value ?? "")
  try {
    const answer = await (await fetch("/compose/document", { method: "POST", body: told })).json()
    if (answer.error) throw answer.error
    await new Promise((done, fail) => {
      const request = new XMLHttpRequest()
      request.open("PUT", answer.upload_url)
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream")
      request.upload.onprogress = event => { bar.value = event.loaded }
      request.onload = () => request.status < 300 ? done() : fail()
      request.onerror = fail
      request.send(file)
    })
    const field = document.createElement("input")
    Object.assign(field, { type: "hidden", name: "attachments", value: answer.id })
    bar.replaceWith(field)
  } catch (wrong) {
    bar.replaceWith(`: ${typeof wrong === "string" ? wrong : "it could not be sent. Try it again."}`)
    label.className = "err"
    throw wrong
  }
}

form.addEventListener("input", event => {
  if (event.target.type === "file") return
  changed = true
  asking++
  clearTimeout(timer)
  timer = setTimeout(ask, 400, false)
})
form.addEventListener("change", async event => {
  if (event.target.type === "file") {
    const sent = await Promise.allSettled([...event.target.files].map(upload))
    changed = true
    if (sent.every(one => one.status === "fulfilled")) ask(true)
  } else if (event.target.matches("[data-whole]")) ask(true)
})
form.addEventListener("submit", event => {
  const { name, value } = event.submitter ?? {}
  if (name === "do" && value !== "review") { changed = false; return }
  event.preventDefault()
  if (name === "drop") changed = true
  ask(true, name, value)
})
addEventListener("beforeunload", event => { if (changed) event.preventDefault() })
form.classList.add("alive")
begin()
