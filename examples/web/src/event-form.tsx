import { useId, useState } from 'preact/hooks'
import type { Room } from '../../../client/src/index.ts'
import { type EventKind, eventKinds, listPeople, makeEvent, makeExample } from './events.ts'
import type { ChatEvent } from './local.ts'
import type { OpenInbox } from './open-inbox.ts'
import { readField } from './read-field.ts'

interface EventFormProps {
  /** The room that the event is about. Without one, only JSON can be sent. */
  room: Room | undefined
  inbox: OpenInbox
  sampleUsers: string[]
}

type Outcome = { applied: string } | { refused: string } | undefined

/** Sends chat events, as the chat backend does. */
export const EventForm = ({ room, inbox, sampleUsers }: EventFormProps) => {
  const [chosen, choose] = useState<EventKind>('comment')
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const kind = room ? chosen : 'json'

  const send = async (form: HTMLFormElement) => {
    setBusy(true)
    try {
      const event = readEvent(form, kind, room)
      await inbox.apply(event)
      setOutcome({
        applied: Array.isArray(event)
          ? `${event.length} events were applied.`
          : `${event['detail-type']} was applied.`,
      })
      const text = form.elements.namedItem('text')
      if (text instanceof HTMLInputElement) text.value = ''
    } catch (error) {
      setOutcome({ refused: (error as Error).message })
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
      <Fields key={kind} kind={kind} room={room} user={inbox.user} sampleUsers={sampleUsers} />
      <button type="submit" class="primary" disabled={isBusy}>
        Send event
      </button>
      <p role="status" class="applied">
        {outcome && 'applied' in outcome && outcome.applied}
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
  sampleUsers: string[]
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
            defaultValue={people.find((email) => email !== user)}
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
    </>
  )
}

const readEvent = (
  form: HTMLFormElement,
  kind: EventKind,
  room: Room | undefined,
): ChatEvent | ChatEvent[] => {
  if (kind === 'json' || room === undefined) return parseEvent(readField(form, 'json'))
  return makeEvent(kind, {
    room,
    email: readField(form, 'email'),
    text: readField(form, 'text'),
    now: Date.now(),
  })
}

const parseEvent = (json: string) => {
  try {
    return JSON.parse(json) as ChatEvent | ChatEvent[]
  } catch (error) {
    throw new Error(`This is not JSON: ${(error as Error).message}`, { cause: error })
  }
}
