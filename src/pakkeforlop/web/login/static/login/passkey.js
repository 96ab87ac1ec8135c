/* Shows what needs a script, and says in words when a passkey was not used. */
(function () {
  document.querySelectorAll('[data-needs-script]').forEach(function (part) { part.hidden = false })
  document.addEventListener('allauth.error', function (event) {
    const place = document.getElementById('passkey-fault')
    if (place) {
      event.preventDefault()
      place.textContent = place.dataset.text
      place.hidden = false
    }
  })
})()
