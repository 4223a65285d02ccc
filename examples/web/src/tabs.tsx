import type { Room } from '../../../client/src/index.ts'
import { UnreadBadge } from './room-row.tsx'
import { countUnread, type Tab, tabs } from './rooms.ts'

interface TabsProps {
  rooms: readonly Room[]
  chosen: Tab
  onChoose: (tab: Tab) => void
}

const titles: Record<Tab, string> = { all: 'All', single: 'Personal', group: 'Groups' }

/** One stop of the Tab key; the arrow keys go from tab to tab (ARIA Authoring Practices, Tabs). */
export const Tabs = ({ rooms, chosen, onChoose }: TabsProps) => (
  <div
    role="tablist"
    aria-label="Chats"
    onKeyDown={({ key, currentTarget }) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
      if (step === undefined) return
      const other = tabs.at((tabs.indexOf(chosen) + step) % tabs.length)!
      onChoose(other)
      currentTarget.querySelector<HTMLElement>(`#tab-${other}`)?.focus()
    }}
  >
    {tabs.map((tab) => {
      const count = countUnread(rooms, tab)
      return (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`tab-${tab}`}
          aria-controls="rooms"
          aria-selected={tab === chosen}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => {
            onChoose(tab)
          }}
        >
          {titles[tab]}
          {count > 0 && <UnreadBadge count={count} />}
        </button>
      )
    })}
  </div>
)
