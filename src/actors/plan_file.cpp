// Polling, because inotify says nothing on network file systems and a quarter second is early
// enough.
#include "plan_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>

namespace sluice::actors {
namespace {

constexpr milliseconds poll_period{250};
/// A longer line is no plan; it is skipped up to its end.
constexpr std::size_t line_bytes_max = 64UL * 1024;

class follower {
 public:
  follower(std::string path, std::shared_ptr<status::logger> log, plan_file::sink give)
      : path_(std::move(path)), log_(std::move(log)), give_(std::move(give)) {
    open(SEEK_END);
  }
  follower(const follower&) = delete;
  follower& operator=(const follower&) = delete;
  ~follower() { close(); }

  void look() {
    struct stat on_disk {};
    if (::stat(path_.c_str(), &on_disk) != 0)
      return;
    if (descriptor_ < 0 || on_disk.st_ino != inode_ || on_disk.st_size < offset_) {
      read_rest();
      close();
      open(SEEK_SET);
    }
    read_rest();
  }

 private:
  void open(int from) {
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0)
      return;
    struct stat opened {};
    if (::fstat(descriptor_, &opened) == 0)
      inode_ = opened.st_ino;
    offset_ = ::lseek(descriptor_, 0, from);
    partial_.clear();
    log_->info("intake", "plan_file_opened", {{"file", path_}, {"offset", offset_}});
  }

  void close() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
    descriptor_ = -1;
  }

  void read_rest() {
    std::array<char, 16'384> block{};
    while (descriptor_ >= 0) {
      const auto count = ::read(descriptor_, block.data(), block.size());
      if (count <= 0)
        return;
      offset_ += count;
      take({block.data(), static_cast<std::size_t>(count)});
    }
  }

  void take(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      partial_ += bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      finish_line();
    }
    if (partial_.size() <= line_bytes_max)
      partial_ += bytes;
  }

  void finish_line() {
    ++number_;
    if (partial_.size() > line_bytes_max)
      log_->warn("intake", "line_refused", {{"line", number_}, {"why", "longer than 64 KiB"}});
    else if (partial_.find_first_not_of(" \t\r") != std::string::npos)
      give_({partial_, number_});
    partial_.clear();
  }

  std::string path_;
  std::shared_ptr<status::logger> log_;
  plan_file::sink give_;
  int descriptor_{-1};
  ino_t inode_{0};
  off_t offset_{0};
  std::string partial_{};
  std::uint64_t number_{0};
};

}  // namespace

plan_file::plan_file(std::string path, std::shared_ptr<status::logger> log, sink give)
    : thread_([path = std::move(path), log = std::move(log),
               give = std::move(give)](const std::stop_token& stop) {
        follower file(path, log, give);
        std::mutex mutex;
        std::condition_variable_any pause;
        while (!stop.stop_requested()) {
          file.look();
          std::unique_lock lock(mutex);
          pause.wait_for(lock, stop, poll_period, [] { return false; });
        }
      }) {}

plan_file::~plan_file() = default;

}  // namespace sluice::actors
