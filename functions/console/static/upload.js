// Files, chosen or dropped: each straight to the vault, with its progress; stopped, and tried again. Without script the form carries them.

for (const form of document.querySelectorAll("form[data-files]")) begin(form)

function begin(form) {
  const told = document.getElementById("told")
  const place = () => form.querySelector("[data-upload]")
  const lines = state => [...form.querySelectorAll(`[data-going${state ? `=${state}` : ""}]`)]
  form.enctype = "application/x-www-form-urlencoded"
  form.classList.add("alive")

  const made = (tag, more = {}) => Object.assign(document.createElement(tag), more)
  function button(words, name, act) {
    const shown = made("button", { type: "button", className: "btn bare", textContent: words, onclick: act })
    shown.setAttribute("aria-label", `${words}: ${name}`)
    return shown
  }

  function take(files) {
    for (const file of files) {
      const line = made("li")
      line.tabIndex = -1
      place().before(line)
      send(file, line)
    }
  }

  async function send(file, line) {
    const bar = made("progress", { max: file.size || 1, value: 0 }), request = new XMLHttpRequest()
    bar.setAttribute("aria-label", `Uploading ${file.name}`)
    const label = made("span", { textContent: file.name })
    label.append(bar)
    const end = made("span", { className: "end" })
    end.append(button("Cancel", file.name, () => { request.abort(); line.remove(); settled() }))
    line.dataset.going = "on"
    line.replaceChildren(label, end)
    let again = true
    try {
      const owner = new URLSearchParams({ name: file.name, media_type: file.type, bytes: file.size })
      for (const name of ["party_id", "case_id"]) owner.set(name, form.elements[name]?.value ?? "")
      const answer = await posted("/compose/document", owner)
      if (answer.error) { again = false; throw answer.error }
      if (!line.isConnected) return
      await new Promise((done, fail) => {
        request.open("PUT", answer.upload_url)
        request.setRequestHeader("Content-Type", file.type || "application/octet-stream")
        request.upload.onprogress = event => { bar.value = event.loaded }
        request.onload = () => request.status < 300 ? done() : fail()
        request.onerror = fail
        request.send(file)
      })
      if (form.dataset.files === "keep") {
        const kept = await posted(`/documents/${answer.id}/keep`, new URLSearchParams())
        if (kept.error) throw kept.error
      }
      if (!line.isConnected) return
      line.dataset.going = "done"
      const size = new Intl.NumberFormat("en-GB", { notation: "compact", style: "unit", unit: "byte", unitDisplay: "narrow" }).format(file.size)
      if (form.dataset.files === "keep") label.replaceChildren(made("a", { href: `/documents/${answer.id}`, textContent: file.name }))
      else label.replaceChildren(file.name, made("input", { type: "hidden", name: "attachments", value: answer.id }))
      end.replaceChildren(size)
      if (form.dataset.files !== "keep") end.append(button("Remove", file.name, () => { line.remove(); settled() }))
      told.textContent = `${file.name} is there`
      settled()
    } catch (wrong) {
      if (!line.isConnected) return
      line.dataset.going = "failed"
      label.replaceChildren(made("span", { className: "err", textContent: `${file.name}: ${typeof wrong === "string" ? wrong : "it could not be sent."}` }))
      end.replaceChildren(button("Remove", file.name, () => { line.remove(); settled() }))
      if (again) end.prepend(button("Try again", file.name, () => send(file, line)))
      told.textContent = label.textContent
    }
  }

  async function posted(address, body) {
    const answer = await fetch(address, { method: "POST", body, headers: { "Letterbook-Fragment": "1" } })
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("letterbook:signed-out"))
    return answer.json().catch(() => ({ error: answer.status === 401 ? "You are signed out." : "It could not be sent." }))
  }

  // What has come is part of the form from now on, once nothing else is on its way.
  function settled() {
    if (lines("on").length) return
    const done = lines("done")
    for (const line of done) delete line.dataset.going
    form.dispatchEvent(new CustomEvent("letterbook:uploaded"))
  }

  form.addEventListener("change", event => {
    if (event.target.type !== "file") return
    take(event.target.files)
    event.target.value = ""
  })
  // A form with a file that is not there yet does not go: nothing is left behind.
  form.addEventListener("submit", event => {
    if (event.submitter?.value === "review" || event.submitter?.name === "drop") return
    const waiting = lines("on")[0] ?? lines("failed")[0]
    if (!waiting) return
    event.preventDefault()
    event.stopImmediatePropagation()
    waiting.focus()
    told.textContent = waiting.dataset.going === "on" ? "A file is still on its way" : "A file is not there: try it again, or remove it"
  }, true)
  const carries = event => event.dataTransfer?.types.includes("Files")
  addEventListener("dragover", event => { if (carries(event)) { event.preventDefault(); form.dataset.over = "" } })
  addEventListener("dragleave", event => { if (!event.relatedTarget) delete form.dataset.over })
  addEventListener("drop", event => {
    if (!carries(event)) return
    event.preventDefault()
    delete form.dataset.over
    take(event.dataTransfer.files)
  })
}
