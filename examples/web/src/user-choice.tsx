import { useState } from 'preact/hooks'
import { Dialog } from './dialog.tsx'
import { readField } from './read-field.ts'

interface UserChoiceProps {
  user: string
  sampleUsers: string[]
  onChoose: (user: string) => void
}

const other = ''

/** Whose inbox is shown: a sample user, or any address. */
export const UserChoice = ({ user, sampleUsers, onChoose }: UserChoiceProps) => {
  const [asks, setAsks] = useState(false)
  return (
    <>
      <label class="user">
        <span class="hidden">Signed in as</span>
        <select
          value={user}
          onChange={({ currentTarget }) => {
            if (currentTarget.value !== other) {
              onChoose(currentTarget.value)
              return
            }
            currentTarget.value = user
            setAsks(true)
          }}
        >
          {[...new Set([...sampleUsers, user])].map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
          <option value={other}>Another address…</option>
        </select>
      </label>
      {asks && (
        <AddressDialog
          onChoose={onChoose}
          onClose={() => {
            setAsks(false)
          }}
        />
      )}
    </>
  )
}

interface AddressDialogProps {
  onChoose: (user: string) => void
  onClose: () => void
}

const AddressDialog = ({ onChoose, onClose }: AddressDialogProps) => (
  <Dialog title="Sign in as" onClose={onClose}>
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onChoose(readField(event.currentTarget, 'address'))
        onClose()
      }}
    >
      <label>
        Address
        <input name="address" required maxLength={254} autoComplete="off" />
      </label>
      <div class="actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="primary">
          Sign in
        </button>
      </div>
    </form>
  </Dialog>
)
