import { useState } from 'preact/hooks'
import type { Failure } from './client.ts'
import { Dialog } from './dialog.tsx'

interface LeaveDialogProps {
  name: string
  /** Leaves, and closes the dialog. */
  leave: () => Promise<void>
  onClose: () => void
}

export const LeaveDialog = ({ name, leave, onClose }: LeaveDialogProps) => {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const confirm = async () => {
    setBusy(true)
    try {
      await leave()
    } catch (error) {
      setFailure(error as Failure)
      setBusy(false)
    }
  }
  return (
    <Dialog title="Leave this chat?" onClose={onClose}>
      <p>
        <strong class="clipped">{name}</strong> disappears from your list. It comes back only if the
        chat backend adds you again.
      </p>
      {failure && (
        <p role="alert" class="refused">
          {failure.message}
        </p>
      )}
      <div class="actions">
        <button type="button" onClick={onClose}>
          Stay
        </button>
        <button type="button" class="danger" disabled={isBusy} onClick={() => void confirm()}>
          Leave
        </button>
      </div>
    </Dialog>
  )
}
