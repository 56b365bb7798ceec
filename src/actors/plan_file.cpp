// Polling, because inotify says nothing on network file systems and a quarter second is early
// enough.
#include "plan_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <list>
#include <optional>
#include <utility>

namespace sluice::actors {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds poll_period{250};
/// Somebody who puts a file into place and then opens it to us needs less.
constexpr milliseconds unreadable_max{1'000};
/// Whoever writes into a file that was replaced opens the new one after its next line or sooner;
/// the old one is read until so long after its last.
constexpr milliseconds replaced_quiet_max{60'000};
constexpr std::size_t replaced_max = 4;
/// A longer line is no plan; it is skipped up to its end.
constexpr std::size_t line_bytes_max = 64UL * 1024;

/// Bytes to numbered lines.
class line_cutter {
 public:
  line_cutter(plan_file::sink give, std::stop_token stop)
      : give_(std::move(give)), stop_(std::move(stop)) {}

  /// The lines before this one are there already.
  void begin(std::uint64_t lines_before) { number_ = lines_before; }

  void take(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      keep(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
      finish({});
    }
    keep(bytes);
  }

  /// What it has begun to cut, which another goes on with; this one begins anew.
  [[nodiscard]] line_cutter hand_over() {
    auto out = *this;
    partial_.clear();
    number_ = 0;
    return out;
  }

  /// Nothing more comes: what has no end is told, or taken as it is.
  void end(const char* fault) {
    if (!partial_.empty())
      finish(fault);
  }

 private:
  void keep(std::string_view bytes) {
    const auto room = line_bytes_max + 1 - std::min(partial_.size(), line_bytes_max + 1);
    partial_ += bytes.substr(0, room);
  }

  void finish(std::string fault) {
    ++number_;
    auto text = std::exchange(partial_, {});
    if (text.size() > line_bytes_max)
      fault = "is longer than 64 KiB";
    if (text.find_first_not_of(" \t\r") == std::string::npos)
      return;
    if (auto ticket = window_.enter(stop_))
      give_({std::move(text), number_, std::move(fault), std::move(ticket)});
  }

  plan_file::sink give_;
  std::stop_token stop_;
  line_window window_{plan_file::lines_under_way_max};
  std::string partial_{};
  std::uint64_t number_{0};
};

/// Reads what there is without waiting; false when the other end is closed or nothing can be read.
bool read_rest(int descriptor, off_t& offset, const std::stop_token& stop, line_cutter& lines) {
  std::array<char, 65'536> block{};
  while (!stop.stop_requested()) {
    const auto count = ::read(descriptor, block.data(), block.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK;
    if (count == 0)
      return false;
    offset += count;
    lines.take({block.data(), static_cast<std::size_t>(count)});
  }
  return true;
}

/// A file that another took the place of, and that its writers may not have let go of yet.
class replaced_file {
 public:
  replaced_file(int descriptor, off_t offset, line_cutter lines)
      : descriptor_(descriptor), offset_(offset), lines_(std::move(lines)) {}
  replaced_file(replaced_file&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        offset_(other.offset_),
        lines_(std::move(other.lines_)),
        quiet_looks_(other.quiet_looks_) {}
  replaced_file& operator=(replaced_file&&) = delete;
  ~replaced_file() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }

  void look(const std::stop_token& stop) {
    const auto before = offset_;
    (void)read_rest(descriptor_, offset_, stop, lines_);
    quiet_looks_ = offset_ == before ? quiet_looks_ + 1 : 0;
  }
  [[nodiscard]] bool is_done() const { return quiet_looks_ * poll_period >= replaced_quiet_max; }
  void end() { lines_.end("has no end, and its file was replaced or cut"); }

 private:
  int descriptor_;
  off_t offset_;
  line_cutter lines_;
  int quiet_looks_{0};
};

class follower {
 public:
  follower(std::string path, std::shared_ptr<status::logger> log, std::stop_token stop,
           line_cutter& lines, const plan_file::condition& tell)
      : path_(std::move(path)),
        log_(std::move(log)),
        stop_(std::move(stop)),
        lines_(lines),
        tell_(tell) {
    was_open_ = open();
    if (was_open_) {
      skip_what_is_there();
      return;
    }
    const std::string why = std::strerror(errno);
    if (struct stat found{}; ::lstat(path_.c_str(), &found) != 0 && errno == ENOENT)
      absent_from_ = folder();
    log_->warn("intake", "plan_file_missing", {{"file", path_}, {"why", why}});
    closed_for(why);
  }
  follower(const follower&) = delete;
  follower& operator=(const follower&) = delete;
  ~follower() { close(); }

  void look() {
    look_at_replaced();
    struct stat on_disk {};
    const bool there = ::stat(path_.c_str(), &on_disk) == 0;
    std::string why = there ? std::string{} : std::strerror(errno);
    const bool other =
        there && (descriptor_ < 0 || on_disk.st_ino != inode_ || on_disk.st_dev != device_ ||
                  (S_ISREG(on_disk.st_mode) && on_disk.st_size < offset_));
    // A pipe whose writers have all closed it has no more of the line that was begun.
    if (descriptor_ >= 0 && !read_rest(descriptor_, offset_, stop_, lines_) && is_pipe_)
      lines_.end("");
    if (!there)
      unreadable_since_.reset();  // Whatever comes next is another file.
    if (!other)
      return closed_for(std::move(why));
    let_go(on_disk);
    if (!open())
      return could_not_open(std::strerror(errno), errno == ENOENT);
    closed_for({});
    if (unreadable_since_ && steady_clock::now() - *unreadable_since_ > unreadable_max)
      was_open_ = false, absent_from_.reset();
    unreadable_since_.reset();
    if (std::exchange(was_open_, true) || (absent_from_ && absent_from_ == folder()))
      (void)read_rest(descriptor_, offset_, stop_, lines_);
    else
      skip_what_is_there();
  }

 private:
  /// A file that is still there under another name, or in the hands of its writers, is read on.
  void let_go(const struct stat& successor) {
    const bool cut = successor.st_ino == inode_ && successor.st_dev == device_;
    if (descriptor_ >= 0 && !is_pipe_ && !cut) {
      replaced_.emplace_back(std::exchange(descriptor_, -1), offset_, lines_.hand_over());
      if (replaced_.size() > replaced_max) {
        replaced_.front().look(stop_);
        replaced_.front().end();
        replaced_.pop_front();
      }
      return;
    }
    lines_.end("has no end, and its file was replaced or cut");
    close();
  }

  void look_at_replaced() {
    for (auto& r : replaced_) {
      r.look(stop_);
      if (r.is_done())
        r.end();
    }
    std::erase_if(replaced_, [](const replaced_file& r) { return r.is_done(); });
  }

  bool open() {
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0)
      return false;
    // First of all: a writer that waited for a reader begins now, and what it says is new.
    int in_pipe = 0;
    if (::ioctl(descriptor_, FIONREAD, &in_pipe) != 0)
      in_pipe = 0;
    struct stat opened {};
    if (::fstat(descriptor_, &opened) == 0) {
      inode_ = opened.st_ino;
      device_ = opened.st_dev;
      size_ = S_ISREG(opened.st_mode) ? opened.st_size : off_t{in_pipe};
      is_pipe_ = S_ISFIFO(opened.st_mode);
    }
    offset_ = 0;
    lines_.begin(0);
    log_->info("intake", "plan_file_opened", {{"file", path_}, {"size", size_}});
    return true;
  }

  /// Whoever comes to its place and stays closed to us gathers a backlog, like one at the start.
  void could_not_open(const std::string& why, bool gone) {
    closed_for(why);
    if (gone || unreadable_since_)
      return;
    unreadable_since_ = steady_clock::now();
    if (was_open_ || absent_from_)
      log_->warn("intake", "plan_file_missing", {{"file", path_}, {"why", why}});
  }

  void closed_for(std::string why) {
    if (why != std::exchange(why_closed_, why))
      tell_(why);
  }

  /// The directory of the file; none when it cannot be looked at.
  [[nodiscard]] std::optional<std::pair<dev_t, ino_t>> folder() const {
    const auto name = std::filesystem::path(path_).parent_path();
    struct stat found {};
    if (::stat(name.empty() ? "." : name.c_str(), &found) != 0)
      return std::nullopt;
    return std::pair{found.st_dev, found.st_ino};
  }

  /// Counts its lines, so that those that follow are numbered as in the file.
  void skip_what_is_there() {
    std::array<char, 65'536> block{};
    std::uint64_t lines = 0;
    while (offset_ < size_ && !stop_.stop_requested()) {
      const auto want = std::min<off_t>(size_ - offset_, static_cast<off_t>(block.size()));
      const auto count = ::read(descriptor_, block.data(), static_cast<std::size_t>(want));
      if (count <= 0)
        break;
      offset_ += count;
      lines += static_cast<std::uint64_t>(std::count(block.data(), block.data() + count, '\n'));
    }
    lines_.begin(lines);
    if (lines > 0)
      log_->warn("intake", "plan_file_skipped", {{"file", path_}, {"lines", lines}});
  }

  void close() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
    descriptor_ = -1;
  }

  std::string path_;
  std::shared_ptr<status::logger> log_;
  std::stop_token stop_;
  line_cutter& lines_;
  const plan_file::condition& tell_;
  std::string why_closed_{};
  std::list<replaced_file> replaced_{};  ///< Oldest first.
  int descriptor_{-1};
  ino_t inode_{0};
  dev_t device_{0};
  off_t size_{0};
  off_t offset_{0};
  bool is_pipe_{false};
  bool was_open_{false};  ///< Once: what comes to its place later is new.
  /// The directory in which there was no such file at the start: one that appears there is new. Any
  /// other may be as old as one that was there.
  std::optional<std::pair<dev_t, ino_t>> absent_from_{};
  std::optional<steady_clock::time_point> unreadable_since_{};
};

void follow_file(const std::string& path, const std::shared_ptr<status::logger>& log,
                 const std::stop_token& stop, line_cutter& lines,
                 const plan_file::condition& tell) {
  follower file(path, log, stop, lines, tell);
  std::mutex mutex;
  std::condition_variable_any pause;
  while (!stop.stop_requested()) {
    file.look();
    std::unique_lock lock(mutex);
    pause.wait_for(lock, stop, poll_period, [] { return false; });
  }
}

/// Its mode is not touched: a terminal would share that with whoever else uses it.
void read_standard_input(const std::shared_ptr<status::logger>& log, const std::stop_token& stop,
                         line_cutter& lines) {
  std::array<char, 65'536> block{};
  while (!stop.stop_requested()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, static_cast<int>(poll_period.count())) <= 0)
      continue;
    const auto count = ::read(STDIN_FILENO, block.data(), block.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (count > 0) {
      lines.take({block.data(), static_cast<std::size_t>(count)});
      continue;
    }
    const char* why = count < 0 ? std::strerror(errno) : "end of input";
    lines.end("");
    log->info("intake", "plan_input_ended", {{"why", why}});
    return;
  }
}

}  // namespace

std::shared_ptr<const void> line_window::enter(const std::stop_token& stop) {
  std::unique_lock lock(shared_->mutex);
  if (!shared_->freed.wait(lock, stop, [this] { return shared_->free > 0; }))
    return nullptr;
  --shared_->free;
  return {static_cast<const void*>(this), [shared = shared_](const void*) {
            {
              const std::lock_guard guard(shared->mutex);
              ++shared->free;
            }
            shared->freed.notify_one();
          }};
}

plan_file::plan_file(std::string path, std::shared_ptr<status::logger> log, sink give,
                     condition tell)
    : thread_([path = std::move(path), log = std::move(log), give = std::move(give),
               tell = std::move(tell)](const std::stop_token& stop) {
        line_cutter lines(give, stop);
        if (path == "-")
          read_standard_input(log, stop, lines);
        else
          follow_file(path, log, stop, lines, tell);
      }) {}

plan_file::~plan_file() = default;

}  // namespace sluice::actors
