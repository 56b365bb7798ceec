// The dashboard's page and what it loads: files of the folder web, built into the binary.
#pragma once

#include <span>
#include <string_view>

#include "sluice/status/http_message.hpp"

namespace sluice::status {

/// One file as it is served.
struct web_file {
  std::string_view path{};  ///< "/" for the page, "/assets/style.css" for the rest.
  std::string_view content_type{};
  std::string_view etag{};  ///< With its quotes; changes with the content.
  std::string_view body{};
};

/// All of them; the bytes live as long as the process.
[[nodiscard]] std::span<const web_file> web_files();

/// Whether `path` (still percent-encoded) is the dashboard's: "/" and everything below "/assets/".
[[nodiscard]] bool is_web_path(std::string_view path);

/// Answers GET and HEAD for such a path: 200 with the file, 304 when the client has this content
/// (If-None-Match), 404 when there is no such file; 405 for other methods.
[[nodiscard]] response web_response(const request& asked);

}  // namespace sluice::status
