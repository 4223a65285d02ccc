/** Users of the sample chats whose listings show most. */
export const sampleUsers = ['arizal@example.com', 'john.doe@example.com', 'tes5@tes.com'] as const
