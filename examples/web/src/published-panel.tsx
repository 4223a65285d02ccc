import { useEffect, useState } from 'preact/hooks'
import { fetchPublished } from './local.ts'
import { addPublished, countPublished, describeChange, type PublishedEvent } from './published.ts'

const pollMs = 2000

/** What a chat backend receives: the events that the server publishes, such as those of leaves in this page. */
export const PublishedPanel = ({ isOpenAtFirst }: { isOpenAtFirst: boolean }) => {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const { events, news, message } = usePublished(isOpen)
  return (
    <section class="published">
      <details
        open={isOpen}
        onToggle={({ currentTarget }) => {
          setOpen(currentTarget.open)
        }}
      >
        <summary>
          <h2>Published events</h2>
        </summary>
        {/* Takes the focus, because the keyboard scrolls it. */}
        <div role="group" aria-label="Published, newest first" tabIndex={0}>
          {message !== undefined && <p>{message}</p>}
          {events.length === 0 ? (
            message === undefined && <p>None yet. Leave a chat, or send an event.</p>
          ) : (
            <ul>
              {events.map((event) => (
                <PublishedRow key={event.id} event={event} />
              ))}
            </ul>
          )}
        </div>
      </details>
      <p role="status" class="hidden">
        {news.length > 0 && `Published: ${countPublished(news)}.`}
      </p>
    </section>
  )
}

const PublishedRow = ({ event }: { event: PublishedEvent }) => (
  <li>
    <strong>{event['detail-type']}</strong>
    <span>Room {event.detail.room_id}</span>
    <span class="preview">{event.detail.email}</span>
    <span>{describeChange(event)}</span>
  </li>
)

interface Published {
  events: PublishedEvent[]
  /** Those of the last response that had some. */
  news: PublishedEvent[]
  /** Why no more events come. */
  message: string | undefined
}

const nothing: Awaited<ReturnType<typeof fetchPublished>> = { events: [] }

/** Asks for later events while the page is visible. */
const usePublished = (isOpen: boolean) => {
  const [published, setPublished] = useState<Published>({
    events: [],
    news: [],
    message: undefined,
  })
  useEffect(() => {
    if (!isOpen) return
    let newestId = 0
    let events: PublishedEvent[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    /** The newest request, which alone counts. */
    let current = {}
    const poll = async () => {
      clearTimeout(timer)
      const request = (current = {})
      // The page says elsewhere that the server does not respond.
      const { events: later, message } = await fetchPublished(newestId).catch(() => nothing)
      if (request !== current) return
      if (later.length > 0 || message !== undefined) {
        // What was there before is no news.
        const news = newestId === 0 ? [] : later
        events = addPublished(events, later)
        newestId = later.at(-1)?.id ?? newestId
        setPublished({ events, news, message })
      }
      if (!document.hidden) timer = setTimeout(() => void poll(), pollMs)
    }
    const onVisibility = () => {
      if (document.hidden) clearTimeout(timer)
      else void poll()
    }
    document.addEventListener('visibilitychange', onVisibility)
    void poll()
    return () => {
      current = {}
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisibility)
    }
  }, [isOpen])
  return published
}
