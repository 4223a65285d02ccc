import { Dialog } from './dialog.tsx'

interface LeaveDialogProps {
  name: string
  onLeave: () => void
  onClose: () => void
}

export const LeaveDialog = ({ name, onLeave, onClose }: LeaveDialogProps) => (
  <Dialog title="Leave this chat?" onClose={onClose}>
    <p>
      <strong class="clipped">{name}</strong> disappears from your list. It comes back only if the
      chat backend adds you again.
    </p>
    <div class="actions">
      <button type="button" onClick={onClose}>
        Stay
      </button>
      <button type="button" class="danger" onClick={onLeave}>
        Leave
      </button>
    </div>
  </Dialog>
)
