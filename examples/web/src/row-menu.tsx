import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Room } from '../../../client/src/index.ts'
import { listActions, type RowAction } from './events.ts'
import { Icon } from './icon.tsx'
import { nameRoom } from './rooms.ts'

interface RowMenuProps {
  room: Room
  /** Where the menu opens. */
  button: HTMLElement
  onAct: (action: RowAction) => void
  onLeave: () => void
  onClose: () => void
}

/**
 * What can be done with a room (ARIA Authoring Practices, Menu Button). The browser closes the popover on Escape and on
 * a click elsewhere, and gives the focus back to the button.
 */
export const RowMenu = ({ room, button, onAct, onLeave, onClose }: RowMenuProps) => {
  const menu = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const shown = menu.current!
    shown.showPopover()
    const { top, bottom, right } = button.getBoundingClientRect()
    const { offsetWidth, offsetHeight } = shown
    const fitsBelow = bottom + offsetHeight < window.innerHeight
    shown.style.left = `${Math.max(8, right - offsetWidth)}px`
    shown.style.top = `${fitsBelow ? bottom : Math.max(8, top - offsetHeight)}px`
    shown.querySelector('button')!.focus()
  }, [button])
  const choose = (run: () => void) => () => {
    menu.current!.hidePopover()
    run()
  }
  return (
    <div
      ref={menu}
      popover="auto"
      role="menu"
      aria-label={nameRoom(room)}
      onToggle={({ newState }) => {
        if (newState === 'closed') onClose()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Tab') event.currentTarget.hidePopover()
        const items = [...event.currentTarget.querySelectorAll('button')]
        const index = items.indexOf(document.activeElement as HTMLButtonElement)
        const target = {
          ArrowDown: (index + 1) % items.length,
          ArrowUp: index - 1,
          Home: 0,
          End: -1,
        }[event.key]
        if (target === undefined) return
        event.preventDefault()
        items.at(target)!.focus()
      }}
    >
      {listActions(room).map((action) => (
        <button
          key={action.type}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onClick={choose(() => {
            onAct(action)
          })}
        >
          <Icon name={action.icon} />
          {action.title}
        </button>
      ))}
      <button type="button" role="menuitem" tabIndex={-1} class="leave" onClick={choose(onLeave)}>
        <Icon name="leave" />
        Leave
      </button>
    </div>
  )
}
