; The set-up file for one person: no administrator, Vietnamese. Called by tools/packaging/windows.py
; with VERSION, NUMBERS, STAGE (the folder of what is installed), OUT, TARGET, KILOBYTES, MEGABYTES, and
; FAST for trying.
; What is new is unpacked beside what is there and takes its place at once: whatever goes wrong
; before, the old version stays. Desks lie elsewhere and are never touched.
Target ${TARGET}
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
!include MUI2.nsh
!include x64.nsh
!include WinVer.nsh
!include FileFunc.nsh
!include WordFunc.nsh

!define CLASSES "Software\Classes"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\BorderDesk"

Name "BorderDesk"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\BorderDesk"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
RequestExecutionLevel user
ManifestSupportedOS all
ManifestDPIAware true
BrandingText "BorderDesk ${VERSION}"
VIProductVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "BorderDesk"
VIAddVersionKey "FileDescription" "BorderDesk"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "MIT"

!define MUI_ICON "${__FILEDIR__}/borderdesk.ico"
!define MUI_UNICON "${__FILEDIR__}/borderdesk.ico"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\borderdeskw.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "Vietnamese"

LangString WRONG_WINDOWS ${LANG_VIETNAMESE} "BorderDesk cần Windows 10 (bản 1809) trở lên, loại 64 bit. Máy này cũ hơn nên không cài được."
LangString NEWER_THERE ${LANG_VIETNAMESE} "Máy này đã có BorderDesk $0, mới hơn bản ${VERSION} trong tệp này; không có gì thay đổi."
LangString NO_SPACE ${LANG_VIETNAMESE} "Ổ đĩa không đủ chỗ trống: cần ${MEGABYTES} MB. Hãy xóa bớt tệp rồi cài lại; chưa có gì thay đổi."
LangString IN_USE ${LANG_VIETNAMESE} "BorderDesk đang mở, hoặc phần mềm diệt vi-rút đang giữ tệp. Hãy đóng mọi cửa sổ BorderDesk rồi bấm Thử lại."
LangString NOT_DONE ${LANG_VIETNAMESE} "Chưa cài được. Bản cũ và sổ của đồn vẫn còn nguyên."
LangString DESKS_STAY ${LANG_VIETNAMESE} "Đã gỡ chương trình. Sổ của đồn vẫn còn nguyên ở thư mục $LOCALAPPDATA\BorderDesk."
LangString COMMANDS ${LANG_VIETNAMESE} "Dòng lệnh BorderDesk"
LangString PACKAGE ${LANG_VIETNAMESE} "Tệp số liệu BorderDesk"
LangString CARD ${LANG_VIETNAMESE} "Thẻ BorderDesk"
LangString UPDATE ${LANG_VIETNAMESE} "Bản cập nhật BorderDesk"
LangString SETUP ${LANG_VIETNAMESE} "Tệp thiết lập BorderDesk"

; What was being unpacked when the disk was full, or the person stopped.
Function .onInstFailed
  RMDir /r "$INSTDIR\new"
  MessageBox MB_OK|MB_ICONSTOP "$(NOT_DONE)" /SD IDOK
  SetErrorLevel 3
FunctionEnd

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastBuild} 17763
    MessageBox MB_OK|MB_ICONSTOP "$(WRONG_WINDOWS)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
  ; A desk that a newer version has opened is not opened by this one any more.
  ReadRegStr $0 HKCU "${UNINSTALL}" "DisplayVersion"
  ${If} $0 != ""
    ${VersionCompare} "$0" "${VERSION}" $1
    ${If} $1 == 1
      MessageBox MB_OK|MB_ICONSTOP "$(NEWER_THERE)" /SD IDOK
      SetErrorLevel 3
      Quit
    ${EndIf}
  ${EndIf}
FunctionEnd

; The error flag is set where a program that runs, or one that looks for viruses, holds a file: the
; system renames the folder of a program that runs, but lets nobody write into what is loaded.
!macro RequireUnheld NAME
  ${If} ${FileExists} "$INSTDIR\${NAME}"
    FileOpen $2 "$INSTDIR\${NAME}" a
    ${If} $2 == ""
      SetErrors
    ${Else}
      FileClose $2
    ${EndIf}
  ${EndIf}
!macroend
; Move what is installed aside; the error flag is set where a part of it is held by a program.
!macro MoveAside NAME
  ${If} ${FileExists} "$INSTDIR\${NAME}"
    Rename "$INSTDIR\${NAME}" "$INSTDIR\old\${NAME}"
  ${EndIf}
!macroend
!macro MoveBack NAME
  ${If} ${FileExists} "$INSTDIR\old\${NAME}"
    Rename "$INSTDIR\old\${NAME}" "$INSTDIR\${NAME}"
  ${EndIf}
!macroend
!macro ForEachPart MACRO
  !insertmacro ${MACRO} "borderdeskw.exe"
  !insertmacro ${MACRO} "borderdesk.exe"
  !insertmacro ${MACRO} "python"
  !insertmacro ${MACRO} "program"
!macroend
!macro Bring NAME
  Rename "$INSTDIR\new\${NAME}" "$INSTDIR\${NAME}"
!macroend

!macro FileType EXTENSION KIND WORDS
  WriteRegStr HKCU "${CLASSES}\${EXTENSION}" "" "BorderDesk.${KIND}"
  WriteRegStr HKCU "${CLASSES}\BorderDesk.${KIND}" "" "${WORDS}"
  WriteRegStr HKCU "${CLASSES}\BorderDesk.${KIND}\DefaultIcon" "" "$INSTDIR\borderdeskw.exe,0"
  WriteRegStr HKCU "${CLASSES}\BorderDesk.${KIND}\shell\open\command" "" '"$INSTDIR\borderdeskw.exe" "%1"'
!macroend
!macro NoFileType EXTENSION KIND
  DeleteRegKey HKCU "${CLASSES}\${EXTENSION}"
  DeleteRegKey HKCU "${CLASSES}\BorderDesk.${KIND}"
!macroend
!macro TellTheDesktop
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

Section
  ${GetRoot} "$INSTDIR" $0
  ${DriveSpace} "$0\" "/D=F /S=M" $1
  ${If} $1 < ${MEGABYTES}
    MessageBox MB_OK|MB_ICONSTOP "$(NO_SPACE)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
  RMDir /r "$INSTDIR\new"
  ClearErrors
  SetOutPath "$INSTDIR\new"
  File /r "${STAGE}/*"
  SetOutPath "$INSTDIR"
  IfErrors not_done
move:
  ClearErrors
  !insertmacro RequireUnheld "borderdeskw.exe"
  !insertmacro RequireUnheld "borderdesk.exe"
  !insertmacro RequireUnheld "python\python311.dll"
  !insertmacro RequireUnheld "python\python.exe"
  !insertmacro RequireUnheld "python\pythonw.exe"
  IfErrors held
  RMDir /r "$INSTDIR\old"
  CreateDirectory "$INSTDIR\old"
  ClearErrors
  !insertmacro ForEachPart MoveAside
  IfErrors in_use
  !insertmacro ForEachPart Bring
  IfErrors 0 done
  RMDir /r "$INSTDIR\python"
  RMDir /r "$INSTDIR\program"
  Delete "$INSTDIR\borderdesk.exe"
  Delete "$INSTDIR\borderdeskw.exe"
in_use:
  !insertmacro ForEachPart MoveBack
held:
  ; What looks for viruses lets go by itself; a person is asked only when it does not.
  IntOp $3 $3 + 1
  ${If} $3 < 4
    Sleep 1500
    Goto move
  ${EndIf}
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IN_USE)" /SD IDCANCEL IDRETRY move
not_done:
  RMDir /r "$INSTDIR\new"
  MessageBox MB_OK|MB_ICONSTOP "$(NOT_DONE)" /SD IDOK
  SetErrorLevel 3
  Quit
done:
  RMDir /r "$INSTDIR\old"
  RMDir /r "$INSTDIR\new"
  CreateDirectory "$SMPROGRAMS\BorderDesk"
  CreateShortCut "$SMPROGRAMS\BorderDesk\BorderDesk.lnk" "$INSTDIR\borderdeskw.exe"
  CreateShortCut "$DESKTOP\BorderDesk.lnk" "$INSTDIR\borderdeskw.exe"
  ; A console that knows "borderdesk": the person's list of folders is left as it is.
  CreateShortCut "$SMPROGRAMS\BorderDesk\$(COMMANDS).lnk" "$SYSDIR\cmd.exe" "/k set PATH=$INSTDIR;%PATH%"
  !insertmacro FileType ".bdx" "Package" "$(PACKAGE)"
  !insertmacro FileType ".bdcard" "Card" "$(CARD)"
  !insertmacro FileType ".bdsetup" "Setup" "$(SETUP)"
  !insertmacro FileType ".bdupdate" "Update" "$(UPDATE)"
  !insertmacro TellTheDesktop
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "BorderDesk"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\borderdeskw.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  ; By name, never the folder whole: somebody's own files may lie in it.
  RMDir /r "$INSTDIR\program"
  RMDir /r "$INSTDIR\python"
  RMDir /r "$INSTDIR\old"
  RMDir /r "$INSTDIR\new"
  Delete "$INSTDIR\borderdesk.exe"
  Delete "$INSTDIR\borderdeskw.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  RMDir /r "$LOCALAPPDATA\BorderDesk-cache"
  RMDir /r "$LOCALAPPDATA\BorderDesk-versions"
  Delete "$SMPROGRAMS\BorderDesk\BorderDesk.lnk"
  Delete "$SMPROGRAMS\BorderDesk\$(COMMANDS).lnk"
  RMDir "$SMPROGRAMS\BorderDesk"
  Delete "$DESKTOP\BorderDesk.lnk"
  !insertmacro NoFileType ".bdx" "Package"
  !insertmacro NoFileType ".bdcard" "Card"
  !insertmacro NoFileType ".bdsetup" "Setup"
  !insertmacro NoFileType ".bdupdate" "Update"
  DeleteRegKey HKCU "${UNINSTALL}"
  !insertmacro TellTheDesktop
  MessageBox MB_OK|MB_ICONINFORMATION "$(DESKS_STAY)" /SD IDOK
SectionEnd
