import { useEffect, useState } from 'react'
import lighthouse from './assets/lighthouse.svg?no-inline'
import { Link, usePath } from './router.tsx'

const api = import.meta.env.VITE_API_URL ?? '/api'

function Light() {
  const [state, setState] = useState('asking the keeper')
  useEffect(() => {
    fetch(`${api}/light`)
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.statusText))))
      .then(setState, () => setState('the keeper does not answer'))
  }, [])
  return (
    <>
      <h1>Lighthouse</h1>
      <img src={lighthouse} alt="" height="160" />
      <p>{state}</p>
    </>
  )
}

function About() {
  return (
    <>
      <h1>About</h1>
      <p>The keeper is asked at {api}.</p>
    </>
  )
}

const pages: Record<string, () => React.JSX.Element> = { '/': Light, '/about': About }

export default function App() {
  const Page = pages[usePath()] ?? (() => <h1>No such page</h1>)
  return (
    <>
      <nav>
        <Link to="/">Light</Link>
        <Link to="/about">About</Link>
      </nav>
      <Page />
    </>
  )
}
