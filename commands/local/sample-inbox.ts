/** The user whose inbox the page shows first. */
export const inboxUser = 'ana@example.com'

interface Chat {
  type: 'single' | 'group'
  name: string
  minutesAgo: number
  /** The newest comments, the last one at the end. In a group, and if they are Ana's own, they name the author. */
  comments: string[]
  /** How many of them are unread. */
  unread?: number
  flags?: ('pinned' | 'muted' | 'archived' | 'marked_unread')[]
}

const newestChats: Chat[] = [
  {
    type: 'single',
    name: 'Maya Chen',
    minutesAgo: 0.5,
    comments: ['Almost done', 'I put the tickets in the shared folder 🎟️'],
    unread: 2,
  },
  {
    type: 'group',
    name: 'Weekend in Porto',
    minutesAgo: 6,
    comments: ['Kofi: Train at 9:40', 'Maya: Booked! Four beds, two minutes from the river'],
    unread: 1,
    flags: ['pinned'],
  },
  {
    type: 'group',
    name: 'Neighbours',
    minutesAgo: 12,
    comments: ['Tomás: Whose cat is this?', 'Noor: Not mine', 'Lina: Again 😅'],
    unread: 3,
    flags: ['muted'],
  },
  {
    type: 'single',
    name: 'Rahmat Hidayat',
    minutesAgo: 24,
    comments: ['Can you look at the second draft before we send it to print?'],
    flags: ['marked_unread'],
  },
  {
    type: 'single',
    name: 'Lina Söderberg',
    minutesAgo: 47,
    comments: ['Perfect, thank you!', 'Ana: The keys are with Kofi'],
    flags: ['pinned'],
  },
  {
    type: 'group',
    name: 'Design review',
    minutesAgo: 95,
    comments: ['Rahmat: Where do I find them?', 'Ana: The new icons are up'],
  },
  {
    type: 'single',
    name: 'Kofi Mensah',
    minutesAgo: 185,
    comments: ['One more', 'And another', 'And the last one, I promise'],
    unread: 3,
  },
  {
    type: 'group',
    name: 'Book club',
    minutesAgo: 320,
    comments: ['Noor: Chapter 3 by Friday'],
    unread: 1,
  },
  {
    type: 'single',
    name: 'Noor El Amrani',
    minutesAgo: 1500,
    comments: ['Let us do Thursday then'],
  },
  {
    type: 'group',
    name: 'Family',
    minutesAgo: 2900,
    comments: ['Miguel: Dinner on Sunday, at half past seven'],
  },
  { type: 'single', name: 'Tomás Herrera', minutesAgo: 4400, comments: ['Safe travels ✈️'] },
  {
    type: 'group',
    name: 'Lunch orders',
    minutesAgo: 4600,
    comments: ['Maya: Soup for me'],
    flags: ['muted', 'archived'],
  },
  { type: 'single', name: 'Miguel Silva', minutesAgo: 4800, comments: ['Call me when you land'] },
  {
    type: 'single',
    name: 'Greta from the agency',
    minutesAgo: 90_000,
    comments: ['The deposit is on its way'],
    flags: ['archived'],
  },
  {
    type: 'group',
    name: 'Office move',
    minutesAgo: 200_000,
    comments: ['Rahmat: That was the last box'],
    flags: ['archived'],
  },
]

const firstNames = 'Aisha Ben Chiara Daniel Elif Femi Grace Hugo Ines Jonas Kemi Lucas'.split(' ')
const lastNames = 'Okafor Novak Rossi Kim Demir Bello Park Laurent Costa Weber Ito Martin'.split(
  ' ',
)
const topics = 'Football,Choir,Garden,Running,Board games,Photo walks,Film night,Spanish'.split(',')
const endings = ['', ' on Tuesdays', ' friends']
const remarks = [
  'Thank you!',
  'See you at ten',
  'I will send it tonight',
  'Sounds good 👍',
  'Did you get home well?',
  'Same place as last time?',
  'Happy birthday! 🎂',
  'Let me ask the others',
  'Who brings the drinks?',
]

const roomCount = 60
const firstRoomId = 40_001
const minuteMs = 60_000

/** One of the chats below the newest ones, each older than the one before. */
const makeOlderChat = (index: number): Chat => {
  const pair = Math.floor(index / 2)
  const round = Math.floor(pair / firstNames.length)
  const remark = remarks[index % remarks.length]!
  const at = { minutesAgo: 5000 + index ** 2 * 160 }
  if (index % 2 === 0) {
    const name = `${firstNames[pair % 12]} ${lastNames[(pair * 5 + round) % 12]}`
    return { type: 'single', name, ...at, comments: [remark] }
  }
  const name = `${topics[pair % topics.length]}${endings[Math.floor(pair / topics.length)]}`
  const [author] = newestChats.filter(({ type }) => type === 'single')[pair % 6]!.name.split(' ')
  return { type: 'group', name, ...at, comments: [`${author}: ${remark}`] }
}

const chats = [
  ...newestChats,
  ...Array.from({ length: roomCount - newestChats.length }, (_, index) => makeOlderChat(index)),
]

/** Whether a room is one of this inbox. */
export const isSampleRoom = (roomId: number): boolean =>
  roomId >= firstRoomId && roomId < firstRoomId + roomCount

/** @param name the first name, or all of it */
const findPerson = (name: string) => {
  const position = chats.findIndex((chat) => chat.type === 'single' && chat.name.startsWith(name))
  return name === 'Ana'
    ? { id: 1, email: inboxUser, username: 'Ana Silva', avatar_url: '' }
    : {
        id: firstRoomId + position,
        email: `${name.split(' ')[0]!.toLowerCase()}-${position}@example.com`,
        username: chats[position]!.name,
        avatar_url: '',
      }
}

/**
 * The events of an inbox with 60 rooms, which were in use until now.
 * @param now milliseconds since the epoch
 */
export const makeSampleInbox = (now: number): string[] =>
  chats.flatMap((chat, index) => {
    const { type, name, minutesAgo, comments, unread = 0, flags = [] } = chat
    const lastAt = now - minutesAgo * minuteMs
    const makeEvent = (detailType: string, at: number, fields: object) =>
      JSON.stringify({
        'detail-type': detailType,
        detail: {
          occurred_at: new Date(at).toISOString(),
          room_id: firstRoomId + index,
          ...fields,
        },
      })
    const written = comments.map((text) => {
      const [, author = name, message] = /^(?:(\S+): )?(.*)$/.exec(text)!
      return { author, message }
    })
    const read = comments.length - unread
    const names = new Set(['Ana', ...written.map(({ author }) => author)])
    return [
      makeEvent('room.created', lastAt - 600 * minuteMs, {
        room_type: type,
        room_name: type === 'group' ? name : '',
        room_avatar_url: '',
        participants: [...names].map(findPerson),
      }),
      ...written.map(({ author, message }, position) =>
        makeEvent('comment.posted', lastAt - (comments.length - 1 - position) * minuteMs, {
          comment_id: position + 1,
          email: findPerson(author).email,
          username: author.split(' ')[0],
          message,
        }),
      ),
      ...(read > 0
        ? [makeEvent('comment.read', lastAt, { comment_id: read, email: inboxUser })]
        : []),
      ...flags.map((flag) =>
        makeEvent(`participant.${flag}`, lastAt + 1000, { email: inboxUser, [flag]: true }),
      ),
    ]
  })
