// The one file that knows spdlog: its stderr sink and its rotating file sink, used without its
// loggers.
#include "log_sinks.hpp"

#include <fmt/format.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace sluice::status {

namespace {

using file_sink = spdlog::sinks::rotating_file_sink_st;
using stderr_sink = spdlog::sinks::stderr_sink_st;

spdlog::level::level_enum spdlog_level(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warn:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

template <class Sink>
void bare(Sink& sink) {
  sink.set_formatter(
      std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc));
}

}  // namespace

struct log_sinks::impl {
  log_settings settings{};
  std::unique_ptr<stderr_sink> console{};
  std::unique_ptr<file_sink> file{};
  std::string not_opened{};

  /// Throws spdlog_ex; what is open then stays.
  void open_file() {
    auto opened =
        std::make_unique<file_sink>(settings.file, settings.file_size_max, settings.files_kept);
    bare(*opened);
    file = std::move(opened);
  }
};

log_sinks::log_sinks(std::unique_ptr<impl> opened) : impl_(std::move(opened)) {}
log_sinks::~log_sinks() = default;

std::unique_ptr<log_sinks> log_sinks::open(const log_settings& settings) {
  auto opened = std::make_unique<impl>();
  opened->settings = settings;
  opened->console = std::make_unique<stderr_sink>();
  bare(*opened->console);
  try {
    if (!settings.file.empty())
      opened->open_file();
  } catch (const std::exception& e) {
    opened->not_opened = e.what();
  }
  return std::unique_ptr<log_sinks>{new log_sinks{std::move(opened)}};
}

const std::string& log_sinks::not_opened() const {
  return impl_->not_opened;
}

bool log_sinks::write(std::string_view line, log_level level) {
  const spdlog::details::log_msg message{spdlog::string_view_t{}, spdlog_level(level),
                                         spdlog::string_view_t{line.data(), line.size()}};
  bool written = impl_->file || impl_->settings.file.empty();
  try {
    if (impl_->file)
      impl_->file->log(message);
  } catch (const std::exception&) {
    written = false;
  }
  try {
    if (impl_->settings.to_stderr || (!impl_->file && !impl_->settings.file.empty()))
      impl_->console->log(message);
  } catch (const std::exception&) {
    return false;
  }
  return written;
}

bool log_sinks::flush() {
  try {
    if (impl_->file)
      impl_->file->flush();
    impl_->console->flush();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool log_sinks::reopen() {
  if (impl_->settings.file.empty())
    return true;
  try {
    impl_->open_file();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace sluice::status
