import { type MouseEvent, type ReactNode, useSyncExternalStore } from 'react'

function subscribe(changed: () => void) {
  window.addEventListener('popstate', changed)
  return () => window.removeEventListener('popstate', changed)
}

/** The path in the address bar, without a slash at its end. */
export function usePath() {
  return useSyncExternalStore(subscribe, () => location.pathname.replace(/(?<=.)\/$/, ''))
}

/** A link that changes the path without loading the page anew. */
export function Link({ to, children }: { to: string; children: ReactNode }) {
  function follow(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    history.pushState(null, '', to)
    window.dispatchEvent(new PopStateEvent('popstate'))
  }
  return (
    <a href={to} onClick={follow}>
      {children}
    </a>
  )
}
