import { useId, useState } from 'preact/hooks'
import { Failure, type SampleUsers, sendEvent } from './client.ts'
import type { Room } from './pages.ts'
import { type EventKind, eventKinds, listPeople, makeEvent, makeExample } from './events.ts'
import { readField } from './read-field.ts'

interface EventFormProps {
  /** The room that the event is about. Without one, only JSON can be sent. */
  room: Room | undefined
  user: string
  sampleUsers: SampleUsers
  onSent: () => void
}

type Outcome = { applied: string } | { refused: string } | undefined

/** Sends chat events, as the chat backend does. */
export const EventForm = ({ room, user, sampleUsers, onSent }: EventFormProps) => {
  const [chosen, choose] = useState<EventKind>('comment')
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const kind = room ? chosen : 'json'

  const send = async (form: HTMLFormElement) => {
    setBusy(true)
    try {
      const event = readEvent(form, kind, room)
      await sendEvent(event)
      setOutcome({ applied: event['detail-type'] })
      const text = form.elements.namedItem('text')
      if (text instanceof HTMLInputElement) text.value = ''
      onSent()
    } catch (error) {
      setOutcome({ refused: error instanceof Failure ? error.message : String(error) })
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      class="event-form"
      onSubmit={(event) => {
        event.preventDefault()
        void send(event.currentTarget)
      }}
    >
      {room && (
        <label>
          Event
          <select
            value={kind}
            onChange={({ currentTarget }) => {
              choose(currentTarget.value as EventKind)
              setOutcome(undefined)
            }}
          >
            {Object.entries(eventKinds).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      <Fields key={kind} kind={kind} room={room} user={user} sampleUsers={sampleUsers} />
      <button type="submit" class="primary" disabled={isBusy}>
        Send event
      </button>
      <p role="status" class="applied">
        {outcome && 'applied' in outcome && `${outcome.applied} was applied.`}
      </p>
      {outcome && 'refused' in outcome && (
        <p role="alert" class="refused">
          {outcome.refused}
        </p>
      )}
    </form>
  )
}

interface FieldsProps {
  kind: EventKind
  room: Room | undefined
  user: string
  sampleUsers: SampleUsers
}

const textLabels: Partial<Record<EventKind, string>> = {
  comment: 'Message',
  join: 'Name',
  rename: 'New name',
}

const Fields = ({ kind, room, user, sampleUsers }: FieldsProps) => {
  const list = useId()
  if (kind === 'json' || room === undefined)
    return (
      <label>
        {kind === 'json' && 'The event'}
        <textarea name="json" rows={14} spellcheck={false}>
          {JSON.stringify(makeExample(user, Date.now()), null, 2)}
        </textarea>
      </label>
    )
  const people = listPeople(room, user, sampleUsers)
  const isOwn = kind === 'read' || kind === 'mute'
  return (
    <>
      {!(kind === 'rename' && room.room_type === 'group') && (
        <label>
          {kind === 'comment' ? 'From' : 'Who'}
          <input
            name="email"
            list={list}
            required
            autoComplete="off"
            defaultValue={isOwn ? user : people.find((email) => email !== user)}
          />
          <datalist id={list}>
            {people.map((email) => (
              <option key={email} value={email} />
            ))}
          </datalist>
        </label>
      )}
      {textLabels[kind] && (
        <label>
          {textLabels[kind]}
          <input name="text" required autoComplete="off" />
        </label>
      )}
      {kind === 'mute' && (
        <label class="check">
          <input name="muted" type="checkbox" defaultChecked />
          Muted: the tab's badge does not count this room
        </label>
      )}
    </>
  )
}

const readEvent = (form: HTMLFormElement, kind: EventKind, room: Room | undefined) => {
  if (kind === 'json' || room === undefined) return parseEvent(readField(form, 'json'))
  if (kind === 'read' && room.last_comment_id === 0)
    throw new Failure(0, 'There is no comment to read.')
  return makeEvent(kind, {
    room,
    email: readField(form, 'email'),
    text: readField(form, 'text'),
    muted: readField(form, 'muted') !== '',
    now: Date.now(),
  })
}

const parseEvent = (json: string) => {
  try {
    return JSON.parse(json) as ReturnType<typeof makeEvent>
  } catch (error) {
    throw new Failure(0, `This is not JSON: ${(error as Error).message}`)
  }
}
