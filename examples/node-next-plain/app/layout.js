export const metadata = {
  title: "Notice board",
  description: "What is new in the village",
};

export default function RootLayout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
