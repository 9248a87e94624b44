// Plays through all frames in some three seconds, from the first one if it stands at the last.

const stop = () => {
  clearInterval(window.explorerPlaying)
  cb_obj.label = label
  cb_obj.active = false
}
clearInterval(window.explorerPlaying)
if (cb_obj.active) {
  cb_obj.label = 'pause'
  if (slider.value === slider.end) slider.value = slider.start
  window.explorerPlaying = setInterval(() => {
    if (slider.value < slider.end) slider.value += 1
    if (slider.value >= slider.end) stop()
  }, Math.max(80, 3000 / (slider.end + 1)))
} else stop()
