// Written by themes/embed.sh from themes/*.yaml: edit those.
enum BuiltinThemes {
    static let sources: [(name: String, yaml: String)] = [
        (
            name: "dark",
            yaml: """
            # Colours are given once as rgb; 256 and 16 are the nearest unless they are named.
            # `default` is the terminal's own colour, `mono` what stands for a colour where there is none.
            name: dark
            summary: For dark terminals; the terminal's own text and background.
            terminal: { text: "#d0d0d0", background: "#121212" }
            tokens:
              text: default
              textStrong: { rgb: default, attributes: [bold] }
              textDim: { rgb: "#a8a8a8", 16: default, mono: [dim] }
              textStale: { rgb: "#8a8a8a", 16: brightBlack, mono: [dim] }
              heading: { rgb: "#87afd7", 16: cyan }
              border: { rgb: "#585858", 16: brightBlack, mono: [dim] }
              borderFocus: { rgb: "#5fafff", 16: brightBlue, mono: [bold] }
              background: default
              selection: default
              marked: { rgb: "#ffd75f", 16: brightYellow, mono: [bold] }
              match: { rgb: "#5fd7ff", 16: brightCyan, attributes: [underline] }

              verdictProtected: { rgb: "#5fd787", 16: green }
              verdictAtRisk: { rgb: "#ffd75f", 16: brightYellow, mono: [bold] }
              verdictDegraded: { rgb: "#ff8700", 16: brightMagenta, attributes: [bold] }
              verdictDown: { rgb: "#ff5f5f", 16: brightRed, attributes: [bold], mono: [bold, reverse] }
              verdictUnknown: { rgb: "#afafd7", 16: cyan, mono: [underline] }

              roleLeader: { rgb: "#5fafff", 16: brightCyan, attributes: [bold] }
              roleStandbyLeader: { rgb: "#87d7ff", 16: cyan, attributes: [bold] }
              roleReplica: default
              roleSync: { rgb: "#87d787", 16: green }
              roleUnknown: { rgb: "#8a8a8a", 16: brightBlack, mono: [dim] }

              checkPass: { rgb: "#5fd787", 16: green }
              checkWarn: { rgb: "#ffd75f", 16: brightYellow, mono: [bold] }
              checkFail: { rgb: "#ff5f5f", 16: brightRed, attributes: [bold], mono: [reverse] }

              graph1: { rgb: "#5fafff", 16: cyan }
              graph2: { rgb: "#ffaf5f", 16: yellow, mono: [bold] }
              graph3: { rgb: "#5fd787", 16: green, mono: [dim] }
              graph4: { rgb: "#d787d7", 16: magenta, mono: [underline] }
              barFill: { rgb: "#5fafff", 16: cyan }
              barWarn: { rgb: "#ffd75f", 16: brightYellow, mono: [bold] }
              barFull: { rgb: "#ff5f5f", 16: brightRed, mono: [reverse] }
              barEmpty: { rgb: "#444444", 16: brightBlack, mono: [dim] }

              header: { rgb: "#e4e4e4", 16: default }
              headerBack: { rgb: "#303030", 16: default, mono: [reverse] }
              tab: { rgb: "#a8a8a8", 16: default }
              tabActive: { rgb: "#ffffff", 16: brightWhite, attributes: [bold], mono: [reverse] }
              bannerText: { rgb: "#000000", 16: black }
              bannerBack: { rgb: "#ffaf5f", 16: yellow, mono: [reverse] }
              alarmText: { rgb: "#ffffff", 16: brightWhite, attributes: [bold] }
              alarmBack: { rgb: "#af0000", 16: red, mono: [reverse] }
              footerKey: { rgb: "#5fd7ff", 16: brightCyan, attributes: [bold] }
              footerText: { rgb: "#a8a8a8", 16: default }
              readOnly: { rgb: "#87d787", 16: green }
              armed: { rgb: "#ff8700", 16: brightYellow, attributes: [bold], mono: [reverse] }

              eventInfo: default
              eventNotice: { rgb: "#87d7ff", 16: cyan }
              eventWarning: { rgb: "#ffd75f", 16: brightYellow, mono: [bold] }
              eventAlarm: { rgb: "#ff5f5f", 16: brightRed, attributes: [bold], mono: [reverse] }

              dialogText: { rgb: "#e4e4e4", 16: default }
              dialogBack: { rgb: "#262626", 16: default }
              dialogBorder: { rgb: "#5fafff", 16: brightBlue, mono: [bold] }
              inputText: { rgb: "#ffffff", 16: black, mono: [underline] }
              inputBack: { rgb: "#3a3a3a", 16: white }
            """
        ),
        (
            name: "light",
            yaml: """
            name: light
            summary: For light terminals; the terminal's own text and background.
            extends: dark
            terminal: { text: "#1c1c1c", background: "#ffffff" }
            tokens:
              textDim: { rgb: "#585858", 16: default }
              textStale: { rgb: "#767676", 16: brightBlack }
              heading: { rgb: "#005f87", 16: blue }
              border: { rgb: "#a8a8a8", 16: brightBlack }
              borderFocus: { rgb: "#005fd7", 16: blue }
              marked: { rgb: "#875f00", 16: magenta }
              match: { rgb: "#005fd7", 16: blue }

              verdictProtected: { rgb: "#00753a", 256: 22, 16: default }
              verdictAtRisk: { rgb: "#875f00", 16: magenta, attributes: [] }
              verdictDegraded: { rgb: "#af5f00", 16: magenta, attributes: [bold] }
              verdictDown: { rgb: "#af0000", 16: red }
              verdictUnknown: { rgb: "#5f5f87", 16: brightBlack }

              roleLeader: { rgb: "#005fd7", 16: blue }
              roleStandbyLeader: { rgb: "#005f87", 16: blue }
              roleSync: { rgb: "#005f00", 16: default }
              roleUnknown: { rgb: "#767676", 16: brightBlack }

              checkPass: { rgb: "#005f00", 16: default }
              checkWarn: { rgb: "#875f00", 16: magenta, attributes: [bold] }
              checkFail: { rgb: "#af0000", 16: red }

              graph1: { rgb: "#005fd7", 16: blue }
              graph2: { rgb: "#af5f00", 16: red }
              graph3: { rgb: "#005f00", 16: default }
              graph4: { rgb: "#87005f", 16: magenta }
              barFill: { rgb: "#005fd7", 16: blue }
              barWarn: { rgb: "#875f00", 16: magenta }
              barFull: { rgb: "#af0000", 16: red }
              barEmpty: { rgb: "#d0d0d0", 16: brightBlack }

              header: { rgb: "#1c1c1c", 16: default }
              headerBack: { rgb: "#eeeeee", 16: default }
              tab: { rgb: "#585858", 16: default }
              tabActive: { rgb: "#000000", 16: default }
              bannerText: { rgb: "#000000", 16: black }
              bannerBack: { rgb: "#ffaf5f", 16: yellow }
              footerKey: { rgb: "#005fd7", 16: blue }
              footerText: { rgb: "#585858", 16: default }
              readOnly: { rgb: "#005f00", 16: default }
              armed: { rgb: "#af0000", 16: red }

              eventNotice: { rgb: "#005f87", 16: blue }
              eventWarning: { rgb: "#875f00", 16: magenta, attributes: [bold] }
              eventAlarm: { rgb: "#af0000", 16: red }

              dialogText: { rgb: "#1c1c1c", 16: default }
              dialogBack: { rgb: "#eeeeee", 16: default }
              dialogBorder: { rgb: "#005fd7", 16: blue }
              inputText: { rgb: "#000000", 16: brightWhite }
              inputBack: { rgb: "#d0d0d0", 16: blue }
            """
        ),
        (
            name: "mono",
            yaml: """
            name: mono
            summary: No colours, whatever the terminal has; bold, faint, underlined and reverse instead.
            extends: dark
            colors: false
            """
        ),
        (
            name: "deuteranopia",
            yaml: """
            name: deuteranopia
            summary: For dark terminals and eyes that do not tell red from green; also good for tritanopia.
            extends: dark
            tokens:
              verdictProtected: { rgb: "#5fafff", 16: brightBlue }
              verdictAtRisk: { rgb: "#ffff87", 16: brightYellow }
              verdictDegraded: { rgb: "#ffaf00", 16: yellow, attributes: [bold, underline] }
              verdictDown: { rgb: "#ffffff", 16: brightWhite, attributes: [bold, reverse] }
              verdictUnknown: { rgb: "#a8a8a8", 16: default, attributes: [underline] }

              roleLeader: { rgb: "#ffffff", 16: brightWhite }
              roleSync: { rgb: "#87d7ff", 16: cyan }
              checkPass: { rgb: "#5fafff", 16: brightBlue }
              checkWarn: { rgb: "#ffff87", 16: brightYellow }
              checkFail: { rgb: "#ffffff", 16: brightWhite, attributes: [bold, reverse] }

              graph1: { rgb: "#5fafff", 16: brightBlue }
              graph2: { rgb: "#ffaf00", 16: yellow }
              graph3: { rgb: "#e4e4e4", 16: brightWhite }
              graph4: { rgb: "#8a8a8a", 16: default }
              barWarn: { rgb: "#ffff87", 16: brightYellow }
              barFull: { rgb: "#ffaf00", 16: yellow, attributes: [bold] }

              alarmText: { rgb: "#000000", 16: black }
              alarmBack: { rgb: "#ffffff", 16: white }
              readOnly: { rgb: "#5fafff", 16: brightBlue }
              armed: { rgb: "#ffaf00", 16: brightYellow }
              eventWarning: { rgb: "#ffff87", 16: brightYellow }
              eventAlarm: { rgb: "#ffffff", 16: brightWhite, attributes: [bold, reverse] }
            """
        ),
        (
            name: "high-contrast",
            yaml: """
            name: high-contrast
            summary: White and strong colours on black, nothing faint; every text has a contrast of at least 7 to 1.
            extends: dark
            terminal: { text: "#ffffff", background: "#000000" }
            tokens:
              text: { rgb: "#ffffff", 16: brightWhite }
              textStrong: { rgb: "#ffffff", 16: brightWhite }
              textDim: { rgb: "#e4e4e4", 16: white, mono: [] }
              textStale: { rgb: "#bcbcbc", 16: white, attributes: [underline], mono: [underline] }
              heading: { rgb: "#ffffff", 16: brightWhite, attributes: [bold] }
              border: { rgb: "#bcbcbc", 16: white, mono: [] }
              borderFocus: { rgb: "#ffff00", 16: brightYellow }
              background: { rgb: "#000000", 16: black }
              selection: { rgb: "#ffff00", 16: brightYellow }
              marked: { rgb: "#ffff00", 16: brightYellow, attributes: [bold] }
              match: { rgb: "#00ffff", 16: brightCyan, attributes: [bold, underline] }

              verdictProtected: { rgb: "#5fff87", 16: brightGreen }
              verdictAtRisk: { rgb: "#ffff00", 16: brightYellow, attributes: [bold] }
              verdictDegraded: { rgb: "#ffaf00", 16: brightYellow, attributes: [bold, underline] }
              verdictDown: { rgb: "#ffffff", 16: brightWhite, attributes: [bold, reverse] }
              verdictUnknown: { rgb: "#ffafff", 16: brightMagenta, attributes: [underline] }

              roleLeader: { rgb: "#00ffff", 16: brightCyan }
              roleStandbyLeader: { rgb: "#87ffff", 16: brightCyan }
              roleReplica: { rgb: "#ffffff", 16: brightWhite }
              roleSync: { rgb: "#5fff87", 16: brightGreen }
              roleUnknown: { rgb: "#bcbcbc", 16: white, mono: [] }
              checkPass: { rgb: "#5fff87", 16: brightGreen }
              checkWarn: { rgb: "#ffff00", 16: brightYellow }
              checkFail: { rgb: "#ffffff", 16: brightWhite, attributes: [bold, reverse] }

              graph1: { rgb: "#00ffff", 16: brightCyan }
              graph2: { rgb: "#ffff00", 16: brightYellow }
              graph3: { rgb: "#5fff87", 16: brightGreen }
              graph4: { rgb: "#ffafff", 16: brightMagenta }
              barFill: { rgb: "#00ffff", 16: brightCyan }
              barWarn: { rgb: "#ffff00", 16: brightYellow }
              barFull: { rgb: "#ffafaf", 16: brightRed, attributes: [bold] }
              barEmpty: { rgb: "#767676", 16: brightBlack }

              header: { rgb: "#ffffff", 16: brightWhite, attributes: [bold] }
              headerBack: { rgb: "#000000", 16: black }
              tab: { rgb: "#ffffff", 16: brightWhite }
              tabActive: { rgb: "#ffff00", 16: brightYellow, attributes: [bold, reverse] }
              bannerText: { rgb: "#000000", 16: black, attributes: [bold] }
              bannerBack: { rgb: "#ffff00", 16: brightYellow }
              alarmText: { rgb: "#000000", 16: black, attributes: [bold] }
              alarmBack: { rgb: "#ffffff", 16: brightWhite }
              footerKey: { rgb: "#ffff00", 16: brightYellow }
              footerText: { rgb: "#ffffff", 16: brightWhite }
              readOnly: { rgb: "#5fff87", 16: brightGreen }
              armed: { rgb: "#ffff00", 16: brightYellow, attributes: [bold, reverse] }

              eventInfo: { rgb: "#ffffff", 16: brightWhite }
              eventNotice: { rgb: "#87ffff", 16: brightCyan }
              eventWarning: { rgb: "#ffff00", 16: brightYellow, attributes: [bold] }
              eventAlarm: { rgb: "#ffffff", 16: brightWhite, attributes: [bold, reverse] }
              dialogText: { rgb: "#ffffff", 16: brightWhite }
              dialogBack: { rgb: "#000000", 16: black }
              dialogBorder: { rgb: "#ffff00", 16: brightYellow }
              inputText: { rgb: "#000000", 16: black, mono: [underline] }
              inputBack: { rgb: "#ffffff", 16: white }
            """
        ),
    ]
}
