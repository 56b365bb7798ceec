# What is installed, and the Debian package made of it: `cpack -G DEB` in a release build.
include_guard()
include(GNUInstallDirs)

install(TARGETS sluice RUNTIME DESTINATION bin)
install(FILES packaging/systemd/sluice.service DESTINATION lib/systemd/system)
install(FILES packaging/logrotate/sluice DESTINATION /etc/logrotate.d)
install(FILES README.md SECURITY.md docs/operator.md docs/alerts.md docs/commands.md docs/configuration.md
        docs/reasons.md docs/decision-table.md docs/plans.md docs/exits.md docs/limits.md
        docs/architecture.md docs/performance.md
        DESTINATION share/doc/sluice)
install(FILES packaging/debian/copyright DESTINATION share/doc/sluice)
install(FILES packaging/debian/lintian-overrides DESTINATION share/lintian/overrides RENAME sluice)
install(DIRECTORY config/ DESTINATION share/doc/sluice/examples FILES_MATCHING PATTERN "*.toml")
install(PROGRAMS examples/breakout.py DESTINATION share/doc/sluice/examples)
install(FILES packaging/prometheus/sluice.rules.yml DESTINATION share/sluice/prometheus)
install(FILES packaging/grafana/sluice.json DESTINATION share/sluice/grafana)

# The binary itself knows its commands; it is asked once it is built.
set(SLUICE_TOLD ${CMAKE_BINARY_DIR}/told)
add_custom_command(
  OUTPUT ${SLUICE_TOLD}/sluice.1.gz
  COMMAND ${CMAKE_COMMAND} -E make_directory ${SLUICE_TOLD}
  COMMAND sh -c "$<TARGET_FILE:sluice> man | gzip -9n > ${SLUICE_TOLD}/sluice.1.gz"
  COMMAND sh -c "$<TARGET_FILE:sluice> completion bash > ${SLUICE_TOLD}/sluice.bash"
  COMMAND sh -c "$<TARGET_FILE:sluice> completion zsh > ${SLUICE_TOLD}/_sluice"
  COMMAND sh -c "$<TARGET_FILE:sluice> completion fish > ${SLUICE_TOLD}/sluice.fish"
  COMMAND sh -c "gzip -9nc ${CMAKE_SOURCE_DIR}/CHANGELOG.md > ${SLUICE_TOLD}/changelog.gz"
  COMMAND sh -c "gzip -9nc ${CMAKE_SOURCE_DIR}/packaging/debian/changelog > ${SLUICE_TOLD}/changelog.Debian.gz"
  DEPENDS sluice ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${CMAKE_SOURCE_DIR}/packaging/debian/changelog
  VERBATIM)
add_custom_target(sluice_told ALL DEPENDS ${SLUICE_TOLD}/sluice.1.gz)
install(FILES ${SLUICE_TOLD}/sluice.1.gz DESTINATION share/man/man1)
install(FILES ${SLUICE_TOLD}/sluice.bash DESTINATION share/bash-completion/completions RENAME sluice)
install(FILES ${SLUICE_TOLD}/_sluice DESTINATION share/zsh/vendor-completions)
install(FILES ${SLUICE_TOLD}/sluice.fish DESTINATION share/fish/vendor_completions.d)
install(FILES ${SLUICE_TOLD}/changelog.gz ${SLUICE_TOLD}/changelog.Debian.gz DESTINATION share/doc/sluice)

# What it consists of. A build with a sanitizer has libraries that no package brings.
if(NOT SLUICE_SANITIZER)
  add_custom_command(
    OUTPUT ${SLUICE_TOLD}/sluice.cdx.json
    COMMAND ${CMAKE_COMMAND} -E make_directory ${SLUICE_TOLD}
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/sbom ${CMAKE_BINARY_DIR} -o ${SLUICE_TOLD}/sluice.cdx.json
    DEPENDS sluice ${CMAKE_SOURCE_DIR}/scripts/sbom ${CMAKE_SOURCE_DIR}/web/vendor/VENDOR.md
    VERBATIM)
  add_custom_target(sluice_sbom DEPENDS ${SLUICE_TOLD}/sluice.cdx.json)
  add_dependencies(sluice_told sluice_sbom)
  install(FILES ${SLUICE_TOLD}/sluice.cdx.json DESTINATION share/doc/sluice)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sluice)
set(CPACK_PACKAGE_VENDOR "The Sluice maintainers")
set(CPACK_PACKAGE_CONTACT "The Sluice maintainers <maintainers@sluice.example>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, logrotate")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/debian/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gate in front of a Binance USD-M futures account")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Sluice stands between anything that wants to trade and a futures account.
It keeps a proven, fresh picture of every position, judges every plan against
it, lets through only what is safe, carries it out exactly once, and can
explain every decision afterwards. The package starts nothing.")
include(CPack)
