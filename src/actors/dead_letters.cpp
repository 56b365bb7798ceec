// One line a letter; Boost.JSON does the quoting.
#include "dead_letters.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sluice/status/utf8.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

json::string readable(std::string_view text) {
  json::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = status::utf8_length(text.substr(i));
    out.append(length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(i, length));
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

}  // namespace

std::string letter_json(wall_time at, std::uint64_t line, std::string_view text,
                        const std::vector<field_fault>& why) {
  json::array errors;
  for (const auto& f : why)
    errors.push_back(json::object{{"field", readable(f.pointer)}, {"reason", readable(f.reason)}});
  return json::serialize(json::object{{"time", format_rfc3339(at)},
                                      {"line", line},
                                      {"errors", std::move(errors)},
                                      {"text", readable(text.substr(0, letter_text_max))},
                                      {"cut", text.size() > letter_text_max}}) +
         '\n';
}

dead_letters::dead_letters(std::string path, std::size_t size_max,
                           std::shared_ptr<status::logger> log,
                           std::shared_ptr<status::metrics> counts)
    : path_(std::move(path)),
      size_max_(size_max),
      log_(std::move(log)),
      counts_(std::move(counts)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

dead_letters::~dead_letters() {
  thread_.request_stop();
  thread_.join();
  close();
}

void dead_letters::add(std::string letter) {
  {
    const std::lock_guard guard(mutex_);
    if (waiting_.size() >= waiting_max) {
      counts_->add(status::metric::dead_letters, {"lost"});
      return;
    }
    waiting_.push_back(std::move(letter));
  }
  wake_.notify_one();
}

void dead_letters::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [this] { return !waiting_.empty(); }) || !waiting_.empty()) {
    const auto letter = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    write(letter);
    lock.lock();
  }
}

void dead_letters::write(const std::string& letter) {
  if (descriptor_ >= 0 && size_ + letter.size() > size_max_) {
    close();
    if (std::rename(path_.c_str(), (path_ + ".1").c_str()) != 0)
      return failed("rename");
  }
  if (descriptor_ < 0 && !open())
    return failed("open");
  const auto before = size_;
  std::string_view rest = letter;
  while (!rest.empty()) {
    const auto count = ::write(descriptor_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      const int why = errno;
      // A part of it would spoil the next one's line.
      if (::ftruncate(descriptor_, static_cast<off_t>(before)) == 0)
        size_ = before;
      errno = why;
      return failed("write");
    }
    size_ += static_cast<std::size_t>(count);
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  counts_->add(status::metric::dead_letters, {"kept"});
  failing_ = false;
}

/// Narrows the mode of a file that was there before: lines may hold what only the owner may read.
bool dead_letters::open() {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat found {};
  if (descriptor_ < 0)
    return false;
  if (::fstat(descriptor_, &found) != 0 || !S_ISREG(found.st_mode) ||
      ::fchmod(descriptor_, 0600) != 0) {
    close();
    return false;
  }
  size_ = static_cast<std::size_t>(found.st_size);
  return true;
}

void dead_letters::close() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
  descriptor_ = -1;
  size_ = 0;
}

void dead_letters::failed(const char* what) {
  const int why = errno;
  close();
  counts_->add(status::metric::dead_letters, {"lost"});
  if (!failing_)
    log_->error("intake", "dead_letter_file_failed",
                {{"file", path_}, {"what", what}, {"why", std::strerror(why)}});
  failing_ = true;
}

}  // namespace sluice::actors
