// termios, two escape sequences, and signal handlers that only set a mark.
#include "live_screen.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

#include "terminal.hpp"

namespace sluice::cli {
namespace {

constexpr std::string_view enter_screen{"\x1b[?1049h\x1b[?25l"};
constexpr std::string_view leave_screen{"\x1b[?25h\x1b[?1049l"};
constexpr std::array ends{SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t ended = 0;
volatile std::sig_atomic_t resized = 0;
volatile std::sig_atomic_t stopped = 0;

void on_signal(int which) {
  if (which == SIGWINCH)
    resized = 1;
  else if (which == SIGTSTP)
    stopped = 1;
  else
    ended = 1;
}

/// Whether it was set; clears it.
bool take(volatile std::sig_atomic_t& mark) {
  const bool set = mark != 0;
  mark = 0;
  return set;
}

struct sigaction handled() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  return action;  // No SA_RESTART: a wait shall end.
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written > 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return;
  }
}

}  // namespace

struct ending_signals::saved {
  std::array<struct sigaction, ends.size()> before{};
};

ending_signals::ending_signals() : saved_(std::make_unique<saved>()) {
  ended = 0;
  const auto action = handled();
  for (std::size_t i = 0; i < ends.size(); ++i)
    ::sigaction(ends[i], &action, &saved_->before[i]);
}

ending_signals::~ending_signals() {
  for (std::size_t i = 0; i < ends.size(); ++i)
    ::sigaction(ends[i], &saved_->before[i], nullptr);
}

bool ending_signals::came() const {
  return ended != 0;
}

struct live_screen::terminal {
  bool taken{false};
  termios before{};
  struct sigaction window_before {};
  struct sigaction stop_before {};
};

live_screen::live_screen() : terminal_(std::make_unique<terminal>()) {
  const auto action = handled();
  resized = 0;
  stopped = 0;
  ::sigaction(SIGWINCH, &action, &terminal_->window_before);
  ::sigaction(SIGTSTP, &action, &terminal_->stop_before);
  enter();
}

live_screen::~live_screen() {
  leave();
  ::sigaction(SIGWINCH, &terminal_->window_before, nullptr);
  ::sigaction(SIGTSTP, &terminal_->stop_before, nullptr);
}

void live_screen::enter() {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1 ||
      ::tcgetattr(STDIN_FILENO, &terminal_->before) != 0)
    return;
  auto single_keys = terminal_->before;
  single_keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  single_keys.c_cc[VMIN] = 0;
  single_keys.c_cc[VTIME] = 0;
  terminal_->taken = ::tcsetattr(STDIN_FILENO, TCSANOW, &single_keys) == 0;
  if (terminal_->taken)
    write_all(enter_screen);
}

void live_screen::leave() {
  if (!std::exchange(terminal_->taken, false))
    return;
  write_all(leave_screen);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &terminal_->before);
}

void live_screen::show(const std::string& lines) {
  // The cursor goes home and each line clears its rest, so that nothing flickers.
  std::string frame = "\x1b[H";
  std::string_view left{lines};
  const auto rows = size_of_stdout().rows;
  for (std::size_t row = 0; row < rows && !left.empty(); ++row) {
    const auto end = left.find('\n');
    frame += row > 0 ? "\r\n" : "";
    frame.append(left.substr(0, end)).append("\x1b[K");
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
  }
  write_all(frame + "\x1b[J");
}

void live_screen::stop_and_continue() {
  leave();
  std::raise(SIGSTOP);
  enter();
}

key_event live_screen::wait(int milliseconds_max) {
  if (ending_.came())
    return key_event::quit;
  pollfd keys{.fd = terminal_->taken ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
  const int ready = ::poll(&keys, 1, milliseconds_max);
  if (ending_.came())
    return key_event::quit;
  if (take(stopped)) {
    stop_and_continue();
    return key_event::redraw;
  }
  if (take(resized))
    return key_event::redraw;
  if (ready <= 0)
    return key_event::none;
  char key = 0;
  if (::read(STDIN_FILENO, &key, 1) <= 0)
    return key_event::quit;
  return key == 'q' || key == 'Q' || key == '\x03' ? key_event::quit : key_event::redraw;
}

}  // namespace sluice::cli
